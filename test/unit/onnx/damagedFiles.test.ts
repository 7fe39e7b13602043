import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import { findFaults } from '../../../src/graph/validate.js';
import { Failure } from '../../../src/messages/failure.js';
import { encodeModel } from '../../../src/onnx/encodeModel.js';
import type { OpenedModel } from '../../../src/onnx/openModel.js';
import { openModel } from '../../../src/onnx/openModel.js';
import type { DamagedModel, DamageKind } from '../../fixtures/damage.js';
import { damagedModels, placeDamaged } from '../../fixtures/damage.js';
import { slownessOf } from '../../fixtures/processorSeconds.js';
import { realModel } from '../../fixtures/realModels.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';

const count = process.env.TARE_SOAK ? 1000 : 200;
const seed = Number(process.env.TARE_SEED ?? 1);
const everything = new URL('../../conformance/onnx/everything.onnx', import.meta.url);

/** Damage after which a model must be refused, by the file's reader or by the graph's checks. */
const fatal: ReadonlySet<DamageKind> = new Set([
  'cycle',
  'missingInput',
  'missingOutput',
  'valueMadeTwice',
  'recursiveFunction',
  'deepNesting',
  'externalEscapes',
]);

/** Ends in failures that a person can read, or in nothing; anything else is thrown. */
async function use(path: string): Promise<Failure[]> {
  let opened: OpenedModel;
  try {
    opened = await openModel(path);
  } catch (error) {
    return [readable(error)];
  }
  try {
    const faults = [...findFaults(opened.model)];
    if (faults.length === 0) inferShapes(opened.model);
    return [...faults, ...(await readAll(opened))];
  } finally {
    await opened.close();
  }
}

async function readAll({ model }: OpenedModel): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const { tensor } of model.graph.initializers.values()) {
    await tensor.bytes.read().catch((error: unknown) => failures.push(readable(error)));
  }
  if (failures.length > 0) return failures;
  await encodeModel(model).catch((error: unknown) => failures.push(readable(error)));
  return failures;
}

function readable(error: unknown): Failure {
  if (!(error instanceof Failure)) throw error;
  expect(error.message).not.toMatch(/\{\w+\}|undefined|NaN/);
  expect(error.mend).not.toMatch(/\{\w+\}/);
  return error;
}

test(`${count} damaged models (seed ${seed}) end in clear failures, or open`, { timeout: 3_600_000 }, async () => {
  console.log(`damaged models: seed ${seed} (TARE_SEED), ${count} variants`);
  const intact = await Promise.all(
    [realModel('mobilenet-digits-bn'), realModel('vit-digits'), realModel('silero-v5'), everything].map((path) =>
      readFile(path),
    ),
  );
  const folder = temporaryFolder();
  const before = process.resourceUsage().maxRSS;
  const outcomes = new Map<string, number>();
  const slowness = slownessOf(process.pid);
  let number = 0;
  for await (const damaged of damagedModels(intact, seed, count)) {
    const what = `variant ${number++} of seed ${seed} (${damaged.kind})`;
    const failures = await useOrTell(damaged, folder, what);
    slowness.next(what);
    if (fatal.has(damaged.kind)) expect(failures, what).not.toEqual([]);
    const outcome = `${damaged.kind}: ${failures[0]?.code ?? 'opens'}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const grown = (process.resourceUsage().maxRSS - before) / 1024;
  console.log(
    `${[...outcomes]
      .sort()
      .map(([outcome, times]) => `${outcome} ${times}`)
      .join('\n')}\nmemory grew by ${Math.round(grown)} MB`,
  );
  expect(grown).toBeLessThan(1000);
});

async function useOrTell(damaged: DamagedModel, folder: string, what: string): Promise<Failure[]> {
  const path = placeDamaged(damaged, folder, 'variant');
  try {
    return await use(path);
  } catch (error) {
    throw new Error(`${what}: ${String(error)}`, { cause: error });
  } finally {
    await rm(dirname(path), { recursive: true });
  }
}
