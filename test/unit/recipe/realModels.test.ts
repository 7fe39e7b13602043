import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { layersOf } from '../../../src/graph/layers.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { compressModel } from '../../../src/recipe/pipeline.js';
import type { CompressReport } from '../../../src/recipe/report.js';
import type { CompressRequest } from '../../../src/recipe/request.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
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
  ['static', {}, bars(8, 6, 10, 3, 2)],
  ['static in QOperator format', { options: { format: 'qoperator' } }, bars(8, 6, 10, 2, 2)],
  ['safest', { preset: 'safest' }, bars(8, 7, 18, 3, 2)],
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
