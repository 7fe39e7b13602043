import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { LayerQuery } from '../../../src/protocol/engineService.js';
import type { RemoteFailure } from '../../../src/protocol/remoteFailure.js';
import type { DamageKind } from '../../fixtures/damage.js';
import { damagedModels, placeDamaged } from '../../fixtures/damage.js';
import { slownessOf } from '../../fixtures/processorSeconds.js';
import { realModel } from '../../fixtures/realModels.js';
import type { EngineProcess } from './engineProcess.js';
import { measureAll, startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const count = process.env.TARE_SOAK ? 1000 : 200;
const seed = Number(process.env.TARE_SEED ?? 1);
/** A small model with every feature of the format: sparse, external, packed, functions, subgraphs. */
const everything = new URL('../../conformance/onnx/everything.onnx', import.meta.url);
const all: LayerQuery = { search: '', sortBy: 'bytes', descending: true, weightsOnly: false };

/** Damage that must be told, by refusing the file or by a warning. */
const fatal: ReadonlySet<DamageKind> = new Set([
  'cycle',
  'missingInput',
  'missingOutput',
  'valueMadeTwice',
  'recursiveFunction',
  'deepNesting',
  'externalEscapes',
]);

/** Does with a file what an editor does. */
async function edit(engine: EngineProcess, path: string): Promise<string> {
  const { model, layerCount, warnings } = await engine.call('open', { path });
  const { rows } = await engine.call('layers', { model, query: all, start: 0, end: layerCount });
  await measureAll(engine, model);
  await engine.call('findings', { model });
  for (const { index, card } of rows.slice(0, 2)) {
    for (const { name, unreadable } of card.weights.slice(0, 2)) {
      if (!unreadable) await engine.call('weight', { model, layer: index, weight: name });
    }
  }
  await engine.call('close', { model });
  return warnings.length > 0 ? 'opens with a warning' : 'opens';
}

it(`${count} damaged models (seed ${seed}) end in clear failures, or open, and the engine lives on`, async () => {
  console.log(`damaged models in the engine: seed ${seed} (TARE_SEED), ${count} variants`);
  const paths = [...(['mobilenet-digits-bn', 'vit-digits', 'silero-v5'] as const).map(realModel), everything];
  const intact = await Promise.all(paths.map((path) => readFile(path)));
  const folder = await temporaryFolder();
  const engine = await startEngine();
  const outcomes = new Map<string, number>();
  const slowness = slownessOf(engine.child.pid!);
  let number = 0;
  for await (const damaged of damagedModels(intact, seed, count)) {
    const what = `variant ${number++} of seed ${seed} (${damaged.kind})`;
    const path = placeDamaged(damaged, folder, 'variant');
    const outcome = await edit(engine, path).catch((error: RemoteFailure) => {
      expect(error.code, `${what}: ${error.message}\n${engine.errors().slice(-2000)}`).toMatch(
        /^(onnx|graph|inspect)\./,
      );
      expect(error.message).not.toMatch(/\{\w+\}|undefined/);
      return error.code;
    });
    if (fatal.has(damaged.kind)) expect(outcome, what).not.toBe('opens');
    slowness.next(what);
    await rm(dirname(path), { recursive: true });
    const key = `${damaged.kind}: ${outcome}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
  console.log(
    [...outcomes]
      .sort()
      .map(([outcome, times]) => `${outcome} ${times}`)
      .join('\n'),
  );
  expect(engine.child.exitCode).toBeNull();
}, 3_600_000);
