import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ComparedQuery, CompressRequest } from '../../../src/protocol/engineService.js';
import { samplePath } from '../models.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const all: ComparedQuery = { search: '', sortBy: 'order', descending: false, changedOnly: false };

it('compares a model with what was made of it: totals, rows, and what was done to each layer', async () => {
  const engine = await startEngine();
  const folder = await temporaryFolder();
  const a = samplePath('lenet-5.onnx');
  const b = join(folder, 'lenet-5.int8.onnx');
  const request: CompressRequest = {
    input: a,
    output: b,
    method: 'quantize',
    options: { scheme: 'static' },
    data: samplePath('digits-calibration.npz'),
    test: null,
    maxDrop: null,
  };
  await engine.call('compress', request);

  const card = await engine.call('compare', { a, b });
  expect(card.totals.a.parameters).toBe(431_080);
  expect(card.totals.b.bytes / card.totals.a.bytes).toBeLessThan(0.27);
  const { rows, total } = await engine.call('comparedLayers', { a, b, query: all, start: 0, end: 256 });
  expect(total).toBe(card.layerCount);
  const gemm = rows.find(({ pair }) => pair.a === '/fc1/Gemm')!;
  expect(gemm.choice).toContain('int8');
  expect(gemm.pair.status).toBe('changed');
  expect(gemm.pair.error!.sqnrDb).toBeGreaterThan(20);
  const weights = await engine.call('comparedWeights', { a, b, index: gemm.index });
  expect(weights.a).toMatchObject({ name: 'fc1.weight', dtype: 'float32', shape: [500, 800], bytes: 1_600_000 });
  expect(weights.b).toMatchObject({ dtype: 'int8', shape: [500, 800], bytes: 400_000 });
  for (const { counts } of [weights.a!, weights.b!]) {
    expect(counts).toBeInstanceOf(Float64Array);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400_000);
  }
  const relu = rows.find(({ pair }) => pair.op === 'Relu')!;
  expect(await engine.call('comparedWeights', { a, b, index: relu.index })).toMatchObject({ a: null, b: null });
  await expect(engine.call('comparedWeights', { a, b, index: total })).rejects.toMatchObject({
    code: 'engine.no-layer',
  });
  const worst = await engine.call('comparedLayers', {
    a,
    b,
    query: { ...all, sortBy: 'error', descending: true },
    start: 0,
    end: 2,
  });
  expect(worst.rows[0]!.pair.error!.sqnrDb).toBeLessThanOrEqual(worst.rows[1]!.pair.error!.sqnrDb);

  // Replaced by the original, it differs in nothing: the comparison that was kept is not shown again.
  await copyFile(a, b);
  const same = await engine.call('comparedLayers', { a, b, query: all, start: 0, end: 256 });
  expect(same.rows.every(({ pair, choice }) => pair.status === 'same' && choice === null)).toBe(true);
});

it('says which of two models cannot be read', async () => {
  const engine = await startEngine();
  const a = samplePath('lenet-5.onnx');
  await expect(engine.call('compare', { a, b: '/none.onnx' })).rejects.toMatchObject({ code: 'onnx.not-found' });
});
