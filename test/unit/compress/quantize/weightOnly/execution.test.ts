import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../../../src/compress/method.js';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseOptions } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { floatsOf } from '../../../../../src/compress/quantize/tensors.js';
import {
  granularityOf,
  isWeightSite,
  weightSiteOf,
} from '../../../../../src/compress/quantize/weightOnly/weightSite.js';
import { weightFormats } from '../../../../../src/compress/quantize/weightOnly/weightFormats.js';
import { weightGrid } from '../../../../../src/compress/quantize/weightOnly/weightGrid.js';
import { dequantizeArray, quantizeArray } from '../../../../../src/compress/quantize/weights.js';
import { copyModel } from '../../../../../src/graph/copy.js';
import { layersOf } from '../../../../../src/graph/layers.js';
import type { Model } from '../../../../../src/graph/model.js';
import { validate } from '../../../../../src/graph/validate.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import type { Feeds, SessionOptions } from '../../../../../src/runtime/session.js';
import { tensorOfArray } from '../../../../../src/tensor/tensor.js';
import { runnerPath } from '../../../runnerPath.js';
import type { WeightCase } from './smallWeights.js';
import { weightCases } from './smallWeights.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

async function quantized(model: Model, settings: Record<string, Json>) {
  const options = parseOptions(quantize, { scheme: 'weight-only', ...settings });
  const prepared = (await quantize.prepare(model, options, work)).model;
  const choices = preferredChoices(quantize.candidates(prepared, options, work.target));
  return quantize.apply({ model: prepared, choices, statistics: { ranges: new Map() }, options, ...work });
}

/** The model with the real numbers that the integers of its weight stand for. */
async function reconstructed({ model, shape }: WeightCase, settings: Record<string, Json>): Promise<Model> {
  const options = parseOptions(quantize, { scheme: 'weight-only', ...settings });
  const site = weightSiteOf(layersOf(model)[0]!);
  if (!isWeightSite(site)) throw new Error('no weight');
  const data = await floatsOf(model.graph.initializers.get('w')!.tensor);
  const [layer] = layersOf(model);
  const format = weightFormats(model, [layer!], options).formatOf(layer!)!;
  const grid = weightGrid(data, shape, granularityOf(site, format), format)!;
  const real = dequantizeArray(quantizeArray(data, shape, grid), shape, grid);
  const copy = copyModel(model);
  copy.graph.initializers.set('w', { name: 'w', tensor: tensorOfArray({ elementType: 'float32', shape, data: real }) });
  return copy;
}

async function outputs(
  model: Model,
  feeds: Feeds,
  optimization: SessionOptions['optimization'] = 'disabled',
): Promise<Float32Array> {
  const session = await loadModel(runtime, model, { optimization });
  const { y } = await session.run(feeds);
  await session.release();
  return y!.data as Float32Array;
}

function feedsOf({ input: { name, shape, indices } }: WeightCase, seed: number): Feeds {
  const count = shape.reduce((product, size) => product * size, 1);
  const at = (i: number) => ((i * 7919 + seed * 104729) % 1009) / 504 - 1;
  return indices === undefined
    ? { [name]: { elementType: 'float32', shape, data: Float32Array.from({ length: count }, (_, i) => at(i)) } }
    : {
        [name]: {
          elementType: 'int64',
          shape,
          data: BigInt64Array.from({ length: count }, (_, i) => BigInt((i * 3 + seed) % indices)),
        },
      };
}

const finite = fc.float({ min: -2, max: 2, noNaN: true, noDefaultInfinity: true });
const draw = fc.record({
  inputs: fc.constantFrom(16, 17, 40, 70),
  outputs: fc.constantFrom(4, 5, 12),
  numbers: fc.array(finite, { minLength: 64, maxLength: 64 }),
  seed: fc.nat(1000),
  settings: fc.record({
    weightType: fc.constantFrom('int8', 'uint8', 'int4', 'uint4', 'int2', 'uint2'),
    blockSize: fc.constantFrom(0, 16, 32),
    perChannel: fc.boolean(),
    symmetricWeights: fc.constantFrom(null, true, false),
    weightCalibration: fc.constantFrom('minmax', 'mse'),
  }),
});

describe.each(Object.entries(weightCases))('%s', (name, build) => {
  it.each(['qdq', 'qoperator'])('computes with the numbers its integers stand for, in format %s', async (format) => {
    const isBlocked = format === 'qoperator';
    if (isBlocked && /left|batches|Conv/.test(name)) {
      const { model } = build(32, 8, (count) => Array.from({ length: count }, (_, i) => (i % 9) - 4));
      await expect(quantized(model, { format, weightType: 'int4', blockSize: 32 })).rejects.toMatchObject({
        code: 'compress.nothing-to-do',
      });
      return;
    }
    await fc.assert(
      fc.asyncProperty(draw, async ({ inputs, outputs: columns, numbers, seed, settings }) => {
        // Tables have 4 bits and more in blocks.
        fc.pre(!(isBlocked && name === 'Gather' && settings.weightType.endsWith('2')));
        const each = build(inputs, columns, (count) =>
          Array.from({ length: count }, (_, i) => numbers[i % 64]! * (1 + Math.floor(i / 64) / 8)),
        );
        const options = { ...settings, format, accuracyLevel: 0 };
        const result = await quantized(each.model, options);
        validate(result.model);
        expect(result.skipped).toEqual([]);
        const feeds = feedsOf(each, seed);
        const expected = await outputs(await reconstructed(each, options), feeds);
        const found = await outputs(result.model, feeds);
        const size = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
        found.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(1e-5 * size));
      }),
      { numRuns: 12, seed: 5 },
    );
  });
});

describe('products that onnxruntime multiplies by integers', () => {
  const kinds = ['MatMul on the right', 'Gemm turned, with a bias and a factor', 'Gemm'];
  const types = ['int8', 'uint4', 'int4', 'uint2', 'int2'];
  it.each(kinds.flatMap((kind) => types.map((type) => [kind, type] as const)))('%s, %s', async (kind, weightType) => {
    // Of 2 bits onnxruntime computes rubbish where the columns are no multiple of 4.
    for (const columns of [8, 10]) {
      const each = weightCases[kind]!(64, columns, (count) =>
        Array.from({ length: count }, (_, i) => Math.sin(i * 78.233) * (1 + (i % 5))),
      );
      const { model } = await quantized(each.model, { weightType, blockSize: 32 });
      const feeds = feedsOf(each, 1);
      const expected = await outputs(model, feeds);
      const found = await outputs(model, feeds, 'all');
      const size = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      found.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(0.02 * size));
    }
  });
});
