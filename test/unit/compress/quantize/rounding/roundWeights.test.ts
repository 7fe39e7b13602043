import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOptions } from '../../../../../src/compress/options.js';
import type { Json, WorkContext } from '../../../../../src/compress/method.js';
import { quantizeOptions } from '../../../../../src/compress/quantize/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { roundWeights } from '../../../../../src/compress/quantize/rounding/roundWeights.js';
import type { RoundingTask } from '../../../../../src/compress/quantize/rounding/rounding.js';
import { dequantizeArray, quantizeArray } from '../../../../../src/compress/quantize/weights.js';
import type { Model } from '../../../../../src/graph/model.js';
import { english } from '../../../../../src/messages/catalog.js';
import { laboratoryOn } from '../../../../../src/recipe/laboratory.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { runnerPath } from '../../../runnerPath.js';
import { drawn, drawnDataset } from './drawnDataset.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const samples = 24;
const [width, middle, outputs] = [5, 4, 3];
const dataset = drawnDataset('x', [width], samples);
const first = drawn(width * middle, 11);
const second = drawn(middle * outputs, 12);
/** x, a Gemm [5, 4], Relu, a MatMul [4, 3]. */
const model = modelOf({
  nodes: [
    node('Gemm', ['x', 'first', 'bias'], ['a'], 'gemm'),
    node('Relu', ['a'], ['b'], 'relu'),
    node('MatMul', ['b', 'second'], ['y'], 'product'),
  ],
  inputs: [floatInput('x', [-1, width])],
  outputs: [{ name: 'y' }],
  constants: {
    first: constant([width, middle], [...first]),
    second: constant([middle, outputs], [...second]),
    bias: constant([middle], [0.1, -0.2, 0.3, 0]),
  },
});

function task(weight: 'first' | 'second', readers: Model['graph']['nodes']): RoundingTask {
  const [data, shape] = weight === 'first' ? [first, [width, middle]] : [second, [middle, outputs]];
  const scales = Float32Array.from({ length: shape[1]! }, (_, c) => {
    return Math.max(...data.filter((_, i) => i % shape[1]! === c).map(Math.abs)) / 1.5;
  });
  const zeroPoints = Array.from(scales, () => 0);
  const parameters = { type: 'int2', axis: 1, integers: { min: -2, max: 1 }, scales, zeroPoints } as const;
  return { weight, readers, shape, data, parameters };
}

const tasks = [task('first', [model.graph.nodes[0]!]), task('second', [model.graph.nodes[2]!])];
const optionsOf = (settings: Record<string, Json>) =>
  parseOptions({ name: 'quantize', options: quantizeOptions }, settings);
const context: WorkContext = {
  target: { exactInt8Sums: true },
  laboratory: laboratoryOn(dataset, runtime, 'small'),
  seed: 5,
};
const quick = { roundingSteps: 400, roundingBatch: 12, roundingRate: 0.03 };

let x: Float32Array;
beforeAll(async () => {
  const { feeds } = await dataset.read(Array.from({ length: samples }, (_, i) => i));
  x = feeds['x']!.data as Float32Array;
});

/** Of the first layer behind its Relu, the squared error of an output for weights [width, middle]. */
function lossOf(weights: ArrayLike<number>, output: number): number {
  const bias = [0.1, -0.2, 0.3, 0];
  const made = (of: ArrayLike<number>, sample: number) => {
    let sum = bias[output]!;
    for (let k = 0; k < width; k++) sum += x[sample * width + k]! * of[k * middle + output]!;
    return Math.max(sum, 0);
  };
  let loss = 0;
  for (let sample = 0; sample < samples; sample++) loss += (made(weights, sample) - made(first, sample)) ** 2;
  return loss / samples;
}

describe('rounding', () => {
  it('to the nearest needs no data', async () => {
    const { weights, notes } = await roundWeights(model, tasks, optionsOf({}), { ...context, laboratory: null });
    for (const { weight, data, shape, parameters } of tasks) {
      expect(weights.get(weight)!.codes).toEqual(quantizeArray(data, shape, parameters));
    }
    expect(notes).toEqual([]);
  });

  it.each(['adaround', 'gptq', 'reconstruct'] as const)('by %s needs data, and says so', async (rounding) => {
    const options = optionsOf({ rounding });
    expect(quantize.needsData(options)).toBe(true);
    await expect(roundWeights(model, tasks, options, { ...context, laboratory: null })).rejects.toMatchObject({
      code: 'compress.quantize.rounding-needs-data',
    });
    await expect(
      quantize.prepare(model, optionsOf({ rounding, compat: 'onnxruntime' }), context),
    ).rejects.toMatchObject({
      code: 'compress.quantize.rounding-in-compat',
    });
  });

  it('by reconstruct is refused beside scales of powers of two', async () => {
    const options = optionsOf({ rounding: 'reconstruct', powerOfTwoScales: true });
    await expect(quantize.prepare(model, options, context)).rejects.toMatchObject({
      code: 'compress.quantize.reconstruct-powers-of-two',
    });
  });

  it('by adaround lies between the best of all roundings and the nearest', async () => {
    const { weights } = await roundWeights(model, tasks, optionsOf({ rounding: 'adaround', ...quick }), context);
    const found = weights.get('first')!;
    const { scales } = tasks[0]!.parameters;
    expect(found.parameters).toEqual(tasks[0]!.parameters);
    const real = dequantizeArray(found.codes, [width, middle], found.parameters);
    const nearest = dequantizeArray(
      quantizeArray(first, [width, middle], found.parameters),
      [width, middle],
      found.parameters,
    );
    const total = { found: 0, best: 0, nearest: 0 };
    for (let output = 0; output < middle; output++) {
      let best = Infinity;
      for (let choice = 0; choice < 2 ** width; choice++) {
        const tried = new Float32Array(width * middle);
        for (let k = 0; k < width; k++) {
          const at = k * middle + output;
          const step = Math.floor(first[at]! / scales[output]!) + ((choice >> k) & 1);
          tried[at] = Math.min(Math.max(step, -2), 1) * scales[output]!;
        }
        best = Math.min(best, lossOf(tried, output));
      }
      const loss = lossOf(real, output);
      expect(loss).toBeGreaterThanOrEqual(best - 1e-6);
      expect(loss).toBeLessThanOrEqual(lossOf(nearest, output) + 1e-6);
      total.found += loss;
      total.best += best;
      total.nearest += lossOf(nearest, output);
    }
    expect(total.found - total.best).toBeLessThan(0.5 * (total.nearest - total.best));
  });

  it('by reconstruct learns scales, too, and is no worse than the nearest at the scales that were given', async () => {
    const { weights } = await roundWeights(model, tasks, optionsOf({ rounding: 'reconstruct', ...quick }), context);
    const found = weights.get('first')!;
    expect(found.parameters.scales).not.toEqual(tasks[0]!.parameters.scales);
    const real = dequantizeArray(found.codes, [width, middle], found.parameters);
    const { parameters } = tasks[0]!;
    const nearest = dequantizeArray(quantizeArray(first, [width, middle], parameters), [width, middle], parameters);
    for (let output = 0; output < middle; output++) {
      expect(lossOf(real, output)).toBeLessThanOrEqual(lossOf(nearest, output) + 1e-5);
    }
  });

  it.each(['adaround', 'gptq', 'reconstruct'] as const)('by %s is the same by seed', async (rounding) => {
    const round = async () => (await roundWeights(model, tasks, optionsOf({ rounding, ...quick }), context)).weights;
    const [one, other] = [await round(), await round()];
    for (const { weight } of tasks) {
      expect(other.get(weight)!.codes).toEqual(one.get(weight)!.codes);
      expect(other.get(weight)!.parameters.scales).toEqual(one.get(weight)!.parameters.scales);
    }
  });

  it('names the layers that are rounded to the nearest all the same', async () => {
    const shared = [tasks[0]!, task('second', [])];
    const { weights, notes } = await roundWeights(model, shared, optionsOf({ rounding: 'gptq' }), context);
    const { data, shape, parameters } = shared[1]!;
    expect(weights.get('second')!.codes).toEqual(quantizeArray(data, shape, parameters));
    expect(notes.map(english)).toEqual([
      expect.stringMatching(/that GPTQ was fitted on, .* is \d+\.\d % of .*median of 1 layers/),
      expect.stringMatching(/^Rounded to the nearest: second\. Their weights are read by several layers/),
      expect.stringMatching(/fewer than 32 inputs an output: gemm\./),
    ]);
  });

  it('can take the inputs of the float model for those of the rounded one', async () => {
    const round = async (of: readonly RoundingTask[], roundingSequential: boolean) => {
      const options = optionsOf({ rounding: 'gptq', gptqDamping: 0, roundingSequential });
      return (await roundWeights(model, of, options, context)).weights.get('second')!.codes;
    };
    const [fine, second] = tasks as [RoundingTask, RoundingTask];
    const scales = fine.parameters.scales.map((scale) => 3 * scale);
    const coarse = { ...fine, parameters: { ...fine.parameters, scales } };
    const alone = await round([second], true);
    expect(await round([coarse, second], false)).toEqual(alone);
    expect(await round([coarse, second], true)).not.toEqual(alone);
  });

  it.each(['adaround', 'gptq'] as const)('by %s tells how far it is, and can be cancelled', async (rounding) => {
    const told: number[] = [];
    const controller = new AbortController();
    const onProgress = (fraction: number) => {
      told.push(fraction);
      if (fraction > 0.4) controller.abort();
    };
    const work = { ...context, onProgress, signal: controller.signal };
    await expect(roundWeights(model, tasks, optionsOf({ rounding, ...quick }), work)).rejects.toThrow();
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });
});
