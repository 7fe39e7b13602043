import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Layer, LayerWeight } from '../../../src/graph/layers.js';
import { layersOf } from '../../../src/graph/layers.js';
import { channelAxisOf, measureWeight } from '../../../src/inspect/measureWeight.js';
import { StatisticsPool } from '../../../src/inspect/statisticsPool.js';
import { weightSource } from '../../../src/inspect/weightSource.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import type { TensorStatistics } from '../../../src/tensor/measure.js';
import { tensorOfArray } from '../../../src/tensor/tensor.js';
import { bundleFolder } from '../bundles.js';
import { temporaryFolder } from '../engine/temporaryFolder.js';
import { info, model, node } from '../graph/builders.js';
import { ocrPath, vadPath } from '../models.js';

const workerPath = join(bundleFolder, 'statisticsWorker.js');

function startPool(threads: number, path = workerPath): StatisticsPool {
  const pool = new StatisticsPool({ workerPath: path, threads });
  onTestFinished(() => pool.close());
  return pool;
}

async function weightsOf(path: string): Promise<{ layer: Layer; weight: LayerWeight }[]> {
  const opened = await openModel(path);
  onTestFinished(() => opened.close());
  return layersOf(opened.model).flatMap((layer) => layer.weights.map((weight) => ({ layer, weight })));
}

/** A file with one weight [rows, columns] that takes several parts, with numbers of all kinds. */
async function largeWeight(rows = 3000, columns = 2001) {
  const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * (1 + (i >> 20)));
  data.set([NaN, Infinity, -Infinity, 0, -0], data.length - 2001);
  const path = join(await temporaryFolder(), 'large.onnx');
  const tensor = tensorOfArray({ elementType: 'float32', shape: [rows, columns], data });
  const made = model({
    nodes: [node('MatMul', ['x', 'w'], ['y'])],
    inputs: [info('x', ['n', rows])],
    outputs: [info('y', ['n', columns])],
    initializers: [{ name: 'w', tensor }],
  });
  await writeModel(made, path);
  const [found] = await weightsOf(path);
  return { path, ...found! };
}

function expectSame(found: TensorStatistics, expected: TensorStatistics): void {
  const rounded = { mean: 0, std: 0, kurtosis: 0 };
  expect({ ...found, ...rounded }).toEqual({ ...expected, ...rounded });
  const reach = Math.max(-expected.min, expected.max) || 1;
  expect(Math.abs(found.mean - expected.mean)).toBeLessThanOrEqual(1e-13 * reach);
  if (!Number.isNaN(expected.std)) expect(Math.abs(found.std - expected.std)).toBeLessThanOrEqual(1e-12 * reach);
  if (expected.std > 1e-6 * reach) expect(found.kurtosis).toBeCloseTo(expected.kurtosis, 9);
}

describe('a pool that measures', () => {
  it.each([ocrPath('ch_PP-OCRv4_rec_infer.onnx'), vadPath('silero_vad_v5.onnx')])(
    'finds what is found without one: %s',
    async (path) => {
      const pool = startPool(2);
      const sources = await Promise.all(
        (await weightsOf(path)).map(async ({ layer, weight }) => ({
          layer,
          weight,
          source: await weightSource(layer, weight),
        })),
      );
      const readable = sources.filter(({ source }) => source);
      expect(readable.length).toBeGreaterThan(20);
      for (const { layer, weight, source } of readable) {
        const axis = channelAxisOf(weight);
        expectSame(await pool.measure(source!, { axis }), await measureWeight(layer, weight));
      }
    },
    300_000,
  );

  it('measures a large weight in parts, to the bit the same with any number of threads', async () => {
    const { layer, weight } = await largeWeight();
    const expected = await measureWeight(layer, weight);
    const fractions: number[] = [];
    const options = { pool: startPool(1), onProgress: (fraction: number) => fractions.push(fraction) };
    const one = await measureWeight(layer, weight, options);
    const three = await measureWeight(layer, weight, { pool: startPool(3) });
    expectSame(one, expected);
    expect(three).toEqual(one);
    expect(fractions).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('measures weights of no and of few elements', async () => {
    const pool = startPool(1);
    const place = { path: '', identity: { size: 0, modified: 0n, inode: 0n, device: 0n }, offset: 0, byteLength: 0 };
    const found = await pool.measure({ shape: [0, 3], elements: { elementType: 'float32', place } }, { axis: 1 });
    expect(found).toMatchObject({ count: 0, min: NaN, channels: null });
  });

  it('rejects at once when it is given up, and goes on to measure others', async () => {
    const { layer, weight } = await largeWeight();
    const pool = startPool(2);
    const controller = new AbortController();
    const reason = new Error('enough');
    const stopped = measureWeight(layer, weight, {
      pool,
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(stopped).rejects.toBe(reason);
    await expect(measureWeight(layer, weight, { pool, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect((await measureWeight(layer, weight, { pool })).count).toBe(weight.elements);
  });

  it('says that the file has changed', async () => {
    const { path, layer, weight } = await largeWeight(50, 2500);
    await appendFile(path, 'more');
    const pool = startPool(1);
    await expect(measureWeight(layer, weight, { pool })).rejects.toMatchObject({ code: 'onnx.file-changed' });
    await rm(path);
    await expect(measureWeight(layer, weight, { pool })).rejects.toMatchObject({ code: 'onnx.file-changed' });
  });

  it('fails clearly where its worker cannot start, or dies, and then tries another', async () => {
    const { layer, weight } = await largeWeight(50, 2500);
    const missing = startPool(1, join(await temporaryFolder(), 'no-worker.js'));
    await expect(measureWeight(layer, weight, { pool: missing })).rejects.toMatchObject({
      code: 'inspect.worker-failed',
      message: expect.stringContaining('no-worker.js') as string,
    });

    const dying = join(await temporaryFolder(), 'dying.js');
    await writeFile(
      dying,
      `setTimeout(() => process.exit(7), 10); require('worker_threads').parentPort.postMessage('ready');`,
    );
    const pool = startPool(1, dying);
    for (let i = 0; i < 2; i++) {
      await expect(measureWeight(layer, weight, { pool })).rejects.toMatchObject({ code: 'inspect.worker-failed' });
    }
  });

  it('fails for all who wait for a worker that cannot start', async () => {
    const { layer, weight } = await largeWeight(50, 2500);
    const pool = startPool(1, join(await temporaryFolder(), 'no-worker.js'));
    const measured = await Promise.allSettled([1, 2, 3].map(() => measureWeight(layer, weight, { pool })));
    const reason: unknown = expect.objectContaining({ code: 'inspect.worker-failed' });
    expect(measured).toEqual(Array(3).fill({ status: 'rejected', reason }));
  });

  it('rejects what is under way when it is closed', async () => {
    const { layer, weight } = await largeWeight();
    const pool = startPool(1);
    const measuring = measureWeight(layer, weight, { pool });
    const refused = expect(measuring).rejects.toBeDefined();
    await new Promise(setImmediate);
    await pool.close();
    await refused;
  });
});
