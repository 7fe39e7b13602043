import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { afterAll, describe, expect, it } from 'vitest';
import { openModelData } from '../../../src/data/openModelData.js';
import { layersOf } from '../../../src/graph/layers.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { compressModel } from '../../../src/recipe/pipeline.js';
import type { CompressReport } from '../../../src/recipe/report.js';
import type { CompressRequest } from '../../../src/recipe/request.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { TensorArray } from '../../../src/tensor/tensor.js';
import type { RealModelName } from '../../fixtures/realData.js';
import { realData, realModelNames } from '../../fixtures/realData.js';
import { realModel } from '../../fixtures/realModels.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

function compressed(name: RealModelName, changes: Partial<CompressRequest>): Promise<CompressReport> {
  const output = join(temporaryFolder(), 'out.onnx');
  const request = { input: realModel(name), output, method: 'quantize', options: {}, maxDrop: null, test: null };
  return compressModel({ ...request, data: realData[name], ...changes }, { runtime, latencySeconds: 0.05 });
}

/** Decibels that the output of the least agreement keeps, a little below what was measured. */
const ways: readonly [string, Partial<CompressRequest>, Record<RealModelName, number>][] = [
  ['static', {}, bars(8, 8, 11, 3, 7)],
  ['static in QOperator format', { options: { format: 'qoperator' } }, bars(8, 8, 11, 3, 7)],
  ['safest', { preset: 'safest' }, bars(8, 9, 23, 3, 7)],
  ['dynamic', { options: { scheme: 'dynamic' } }, bars(7, -3, 9, 15, 7)],
  ['weight-only', { options: { scheme: 'weight-only' } }, bars(17, 18, 30, 25, 18)],
  ['float16', { preset: 'float16' }, bars(40, 40, 45, 45, 50)],
];

function bars(
  detection: number,
  recognition: number,
  direction: number,
  legacy: number,
  v5: number,
): Record<RealModelName, number> {
  return {
    'ppocr-detection': detection,
    'ppocr-recognition': recognition,
    'ppocr-direction': direction,
    'silero-legacy': legacy,
    'silero-v5': v5,
  };
}

/** Layers that preparation merged into others or computed once, which the report counts. */
function goneInPreparation({ notes }: CompressReport): number {
  const folded = ['', '-constants', '-factors'].map((what) => `compress.quantize.note.folded${what}`);
  const counts = notes.filter(({ id }) => folded.includes(id));
  return counts.reduce((sum, { params }) => sum + Number(params.count), 0);
}

describe.each(ways)('%s without any hints', (_way, changes, bar) => {
  it.each(realModelNames)('quantizes %s and tells of every layer once what became of it', async (name) => {
    const report = await compressed(name, changes);
    expect(readFileSync(report.output).byteLength).toBe(report.after.bytes);
    expect(report.after.bytes).toBeLessThan(report.before.bytes);
    const { sqnrDb, outputs } = report.agreement!;
    const each = outputs?.map((output) => output.sqnrDb) ?? [sqnrDb];
    expect(each).toHaveLength(name === 'silero-legacy' ? 3 : name === 'silero-v5' ? 2 : 1);
    expect(Math.min(...each)).toBeGreaterThan(bar[name]);

    const told = [...report.applied, ...report.skipped].map(({ layer }) => layer);
    expect(new Set(told).size).toBe(told.length);
    const opened = await openModel(realModel(name));
    const names = layersOf(opened.model).map((layer) => layer.name);
    await opened.close();
    expect(told.filter((layer) => !names.includes(layer))).toEqual([]);
    expect(names.length - told.length).toBe(goneInPreparation(report));
    expect(report.skipped.every(({ reason }) => reason.id.startsWith('compress.'))).toBe(true);
  });
});

/** The text of scores [1, steps, characters], where the first stands for none and repetitions are one (Graves 2006, 3.2). */
function textOf({ shape, data }: { readonly shape: readonly number[]; readonly data: TensorArray['data'] }): string {
  const [, steps = 0, characters = 0] = shape;
  const best = Array.from({ length: steps }, (_, step) => {
    const scores = Array.from(data.subarray(step * characters, (step + 1) * characters), Number);
    return scores.indexOf(Math.max(...scores));
  });
  const read = best.filter((character, step) => character !== 0 && character !== best[step - 1]);
  return String.fromCodePoint(...read);
}

async function readLines(path: string): Promise<string[]> {
  const { model, close } = await openModel(path);
  const dataset = await openModelData(realData['ppocr-recognition'], [model]);
  await close();
  const session = await runtime.load({ kind: 'file', path });
  const texts: string[] = [];
  for (let sample = 0; sample < dataset.sampleCount; sample++) {
    const { feeds } = await dataset.read([sample]);
    const [scores] = Object.values(await session.run(feeds));
    texts.push(textOf(scores!));
  }
  await session.release();
  return texts;
}

describe('text recognition', () => {
  it.each([
    ['static', {}, 0.1],
    ['weight-only', { options: { scheme: 'weight-only' } }, 0.03],
  ])('reads nearly the same with %s quantization', async (_way, changes, share) => {
    const { output } = await compressed('ppocr-recognition', changes);
    const [expected, found] = await Promise.all([realModel('ppocr-recognition'), output].map(readLines));
    const characters = expected!.reduce((sum, text) => sum + text.length, 0);
    expect(characters).toBeGreaterThan(100);
    const changed = expected!.reduce((sum, text, line) => sum + distance(text, found![line]!), 0);
    console.log(`${changed} of ${characters} characters changed`);
    expect(changed / characters).toBeLessThan(share);
  });
});
