import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Layer, LayerWeight } from '../../../src/graph/layers.js';
import { layersOf } from '../../../src/graph/layers.js';
import type { WeightContent } from '../../../src/inspect/findings/weightContent.js';
import { findInWorker } from '../../../src/inspect/findInWorker.js';
import { isWorthReading, readable, weightContent } from '../../../src/inspect/findings/weightContent.js';
import { inspection } from '../../../src/inspect/inspectModel.js';
import { measureWeight } from '../../../src/inspect/measureWeight.js';
import { StatisticsPool } from '../../../src/inspect/statisticsPool.js';
import { weightSource } from '../../../src/inspect/weightSource.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { bytesOfNumbers } from '../../../src/tensor/numbers.js';
import { residentBytes } from '../../../src/tensor/tensor.js';
import { bundleFolder } from '../bundles.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { info, model, node } from '../graph/builders.js';
import { ocrPath, vadPath } from '../models.js';
import { normal, spread } from './findings/findingsOf.js';
import { kernels } from './readByCompiled.js';

function startPool(threads = 2): StatisticsPool {
  const pool = new StatisticsPool({ workerPath: join(bundleFolder, 'statisticsWorker.js'), threads });
  onTestFinished(() => pool.close());
  return pool;
}

async function opened(path: string) {
  const found = await openModel(path);
  onTestFinished(() => found.close());
  return found;
}

/** Weights [rows, columns], at least so many that they are read in several chunks, and something that is to be found in each. */
const [rows, columns] = [300, 1100] as const;
const planted: Readonly<Record<string, { type: ElementType; numbers: () => number[] }>> = {
  fresh: { type: 'float32', numbers: () => normal(rows * columns) },
  'low rank': { type: 'float32', numbers: () => ofRank(9, 1) },
  'low rank, float64': { type: 'float64', numbers: () => ofRank(9, 2) },
  'near duplicates': { type: 'float32', numbers: () => withTwins(1) },
  'near duplicates, float16': { type: 'float16', numbers: () => withTwins(2) },
  'near duplicates, float64': { type: 'float64', numbers: () => withTwins(3) },
  'a grid': { type: 'float32', numbers: () => spread(rows * columns).map((value) => Math.round(value * 100) / 64) },
  'few values': {
    type: 'float64',
    numbers: () => spread(rows * columns).map((value) => Math.sin(Math.round(value * 5))),
  },
  'few values, bfloat16': {
    type: 'bfloat16',
    numbers: () => spread(rows * columns).map((value) => Math.round(value * 5)),
  },
};

async function plantedModel(transposed: boolean): Promise<string> {
  const names = Object.keys(planted);
  const path = join(temporaryFolder(), 'planted.onnx');
  const made = model({
    nodes: names.map((name) =>
      node('Gemm', [`x-${name}`, name], [`y-${name}`], { transB: transposed ? 1 : 0 }, { name }),
    ),
    inputs: names.map((name) => info(`x-${name}`, ['n', transposed ? columns : rows], planted[name]!.type)),
    outputs: [],
    initializers: Object.entries(planted).map(([name, { type, numbers }]) => ({
      name,
      tensor: { elementType: type, shape: [rows, columns], bytes: residentBytes(bytesOfNumbers(type, numbers())) },
    })),
  });
  await writeModel(made, path);
  return path;
}

async function contentsOf(path: string, pool?: StatisticsPool): Promise<Map<string, WeightContent>> {
  const { model } = await opened(path);
  const contents = new Map<string, WeightContent>();
  for (const layer of layersOf(model)) {
    for (const weight of layer.weights) {
      const statistics = await measureWeight(layer, weight);
      if (!isWorthReading({ weight, statistics })) continue;
      contents.set(weight.name, await weightContent(readable({ layer, weight, statistics }), { rank: true, pool }));
    }
  }
  return contents;
}

/** Without what belongs to the open file. */
const found = (contents: Map<string, WeightContent>) =>
  [...contents].map(([name, { values, alike, rank }]) => ({ name, values, alike, rank }));

describe('a pool that looks for what numbers have in common', () => {
  it.each([false, true])(
    'finds to the bit what is found without one; channels along the first axis: %s',
    async (transposed) => {
      const path = await plantedModel(transposed);
      const contents = await contentsOf(path, startPool());
      expect(found(contents)).toEqual(found(await contentsOf(path)));
      expect(contents.size).toBe(Object.keys(planted).length);
      expect(contents.get('fresh')).toMatchObject({
        values: { float16: false, bfloat16: false, values: null },
        alike: undefined,
        rank: undefined,
      });
      for (const name of ['low rank', 'low rank, float64']) expect(contents.get(name)!.rank).toMatchObject({ rank: 9 });
      for (const name of ['near duplicates', 'near duplicates, float16', 'near duplicates, float64']) {
        // The planted ones lie along the first axis.
        expect(contents.get(name)!.alike?.duplicates).toBe(transposed ? 99 : undefined);
      }
      expect(contents.get('a grid')!.values.values!.length).toBe(201);
      expect(contents.get('few values')!.values.values!.length).toBe(11);
      expect(contents.get('few values, bfloat16')!.values.values!.length).toBe(11);
    },
  );

  it.each([ocrPath('ch_PP-OCRv4_rec_infer.onnx'), vadPath('silero_vad_v5.onnx')])(
    'finds in a whole model what is found without one: %s',
    async (path) => {
      const file = await opened(path);
      const pool = startPool();
      const fractions: number[] = [];
      const onProgress = (fraction: number) => fractions.push(fraction);
      const { findings } = await inspection(file, { statistics: true, pool, onProgress });
      expect(findings).toEqual((await inspection(file, { statistics: true })).findings);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.at(-1)).toBe(1);
    },
    300_000,
  );

  it('has what lies in no file read without a worker', async () => {
    const w = residentBytes(bytesOfNumbers('float32', withTwins(4)));
    const made = model({
      nodes: [node('Gemm', ['x', 'w'], ['y'], { transB: 1 })],
      inputs: [info('x', ['n', columns])],
      outputs: [],
      initializers: [{ name: 'w', tensor: { elementType: 'float32', shape: [rows, columns], bytes: w } }],
    });
    const [layer] = layersOf(made);
    const pool = new StatisticsPool({ workerPath: 'no worker' });
    const each = { layer: layer!, weight: layer!.weights[0]!, living: rows };
    expect((await weightContent(each, { rank: true, pool })).alike).toMatchObject({ duplicates: 99, channels: rows });
  });

  it('rejects when it is given up, and goes on to look through others', async () => {
    const path = await plantedModel(true);
    const { layer, weight } = await firstWeight(path);
    const pool = startPool(1);
    const controller = new AbortController();
    const reason = new Error('enough');
    const each = { layer, weight, living: Infinity };
    const stopped = weightContent(each, { rank: true, pool, signal: controller.signal });
    const refused = expect(stopped).rejects.toBe(reason);
    // The request is with the worker by then.
    await new Promise(setImmediate);
    controller.abort(reason);
    await refused;
    await expect(weightContent(each, { rank: true, pool, signal: controller.signal })).rejects.toBe(reason);
    expect((await weightContent(each, { rank: true, pool })).values.values).toBeNull();
  });

  it('stops in the midst of a weight when nobody waits for it any more, and leaves nothing behind', async () => {
    const path = await plantedModel(true);
    const { layer, weight } = await firstWeight(path);
    const source = (await weightSource(layer, weight))!;
    const request = { source, elements: weight.elements, bits: 32, living: Infinity, matrix: { rows, columns } };
    let asked = 0;
    await findInWorker(kernels, request, () => ++asked < 0);
    expect(asked).toBeGreaterThan(1);
    const next = kernels.scoped(() => kernels.reserve(8));
    asked = 0;
    await expect(findInWorker(kernels, request, () => ++asked === 1)).rejects.toThrow();
    expect(asked).toBe(1);
    expect(kernels.scoped(() => kernels.reserve(8))).toBe(next);
  });

  it('says that the file has changed', async () => {
    const path = await plantedModel(true);
    const { layer, weight } = await firstWeight(path);
    await appendFile(path, 'more');
    const looking = weightContent({ layer, weight, living: Infinity }, { rank: true, pool: startPool(1) });
    await expect(looking).rejects.toMatchObject({ code: 'onnx.file-changed' });
  });
});

async function firstWeight(path: string): Promise<{ layer: Layer; weight: LayerWeight }> {
  const { model } = await opened(path);
  const [layer] = layersOf(model);
  return { layer: layer!, weight: layer!.weights[0]! };
}

/** Rows of which each of the last third is nearly one of the first, times something. */
function withTwins(seed: number): number[] {
  const numbers = normal(rows * columns, 1, seed);
  const twins = 99;
  return numbers.map((value, at) => {
    const row = Math.floor(at / columns);
    const of = row - (rows - twins);
    return of < 0 ? value : (1 + of / 50) * (numbers[of * columns + (at % columns)]! + 0.05 * value);
  });
}

function ofRank(rank: number, seed: number): number[] {
  const left = normal(rows * rank, 1, seed);
  const right = normal(rank * columns, 1, seed + 1);
  const noise = normal(rows * columns, 0.01, seed + 2);
  return noise.map((value, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns];
    let sum = value;
    for (let k = 0; k < rank; k++) sum += left[r * rank + k]! * right[k * columns + c]!;
    return sum;
  });
}
