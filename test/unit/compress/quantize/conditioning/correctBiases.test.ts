import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { addMissingBiases, biasPlaces } from '../../../../../src/compress/quantize/conditioning/biasPlaces.js';
import { channelMeans } from '../../../../../src/compress/quantize/conditioning/channelMeans.js';
import { correctBiases } from '../../../../../src/compress/quantize/conditioning/correctBiases.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import type { Model } from '../../../../../src/graph/model.js';
import { intsAttribute } from '../../../../../src/graph/node.js';
import { english } from '../../../../../src/messages/catalog.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { readNumbers } from '../../../../../src/tensor/numbers.js';
import { normalNumbers } from '../../../../fixtures/random.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { laboratoryWith, outputsOf } from './running.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const numbers = (count: number, seed: number, size = 1) =>
  Array.from(normalNumbers(count, seed), (each) => each * size);

function network(): Model {
  return modelOf({
    nodes: [
      node('Conv', ['x', 'v'], ['h'], 'first', { pads: intsAttribute([1, 1, 1, 1]) }),
      node('Relu', ['h'], ['r'], 'relu'),
      node('Conv', ['r', 'w', 'b'], ['s'], 'second'),
      node('Relu', ['s'], ['q'], 'relu2'),
      node('GlobalAveragePool', ['q'], ['g'], 'pool'),
      node('Flatten', ['g'], ['f'], 'flatten'),
      node('MatMul', ['f', 'u'], ['t'], 'third'),
      node('Add', ['t', 'c'], ['y'], 'add'),
    ],
    inputs: [floatInput('x', [1, 2, 6, 6])],
    outputs: [floatInput('y', [1, 3])],
    constants: {
      v: constant([4, 2, 3, 3], numbers(72, 1)),
      w: constant([5, 4, 3, 3], numbers(180, 2)),
      b: constant([5], numbers(5, 3)),
      u: constant([5, 3], numbers(15, 4)),
      c: constant([3], numbers(3, 5)),
    },
  });
}

const feeds = Array.from({ length: 8 }, (_, i) => ({
  x: {
    elementType: 'float32' as const,
    shape: [1, 2, 6, 6],
    data: Float32Array.from(numbers(72, 20 + i), (x) => x + 1),
  },
}));

/** What each weight is rounded to: multiples of a half. */
async function coarse(model: Model): Promise<Map<string, Float32Array>> {
  const weights = new Map<string, Float32Array>();
  for (const name of ['v', 'w', 'u']) {
    const data = await readNumbers(model.graph.initializers.get(name)!.tensor);
    weights.set(
      name,
      Float32Array.from(data, (x) => Math.round(Number(x) * 2) / 2),
    );
  }
  return weights;
}

describe('bias correction', () => {
  const laboratory = laboratoryWith(runtime, feeds);

  it('gives every channel of the rounded model the mean that it has in float', async () => {
    const model = network();
    addMissingBiases(model);
    const weights = await coarse(model);
    const meansOf = (of: Model, with_: ReadonlyMap<string, Float32Array>) =>
      channelMeans(
        laboratory,
        of,
        with_,
        biasPlaces(of).places.map(({ layer }) => layer),
        {},
      );
    const corrected = await correctBiases(model, weights, (of, with_, layers) =>
      channelMeans(laboratory, of, with_, layers, {}),
    );
    expect(corrected.notes.map(english)).toEqual([
      'The biases of 3 layers were corrected, so that rounding their weights leaves the mean of each channel as it was.',
    ]);
    const wanted = [...(await meansOf(model, new Map())).values()];
    const uncorrected = [...(await meansOf(model, weights)).values()];
    // What an Add behind a product adds is not in the product.
    const found = [...(await meansOf(corrected.model, weights)).values()];
    for (const layer of [0, 1]) {
      for (const [c, mean] of wanted[layer]!.entries()) expect(found[layer]![c]!).toBeCloseTo(mean, 4);
    }
    expect(Math.abs(uncorrected[1]![0]! - wanted[1]![0]!)).toBeGreaterThan(0.01);
    const added = await readNumbers(corrected.model.graph.initializers.get('c')!.tensor);
    const before = await readNumbers(model.graph.initializers.get('c')!.tensor);
    for (const [c, mean] of wanted[2]!.entries()) {
      expect(Number(added[c]) + found[2]![c]!).toBeCloseTo(Number(before[c]) + mean, 4);
    }
  });

  it.each([['format=qdq'], ['format=qoperator']])('brings the mean of quantized outputs nearer: %s', async (format) => {
    const errorWith = async (setting: string) => {
      const options = parseSettings(quantize, [format, 'perChannel=false', setting]);
      const work = { target: { exactInt8Sums: true }, laboratory, seed: 0 };
      const original = network();
      // One great weight makes all others coarse.
      const w = numbers(180, 2);
      w[0] = 40;
      original.graph.initializers.set('w', { name: 'w', tensor: constant([5, 4, 3, 3], w) });
      const { model } = await quantize.prepare(original, options, work);
      const choices = preferredChoices(quantize.candidates(model, options, work.target));
      const statistics = await laboratory.observe(model, quantize.statistics(model, choices, options));
      const applied = await quantize.apply({ model, choices, statistics, options, ...work });
      const sums = new Float64Array(3);
      for (const feed of feeds) {
        const [a, b] = [await outputsOf(runtime, original, feed), await outputsOf(runtime, applied.model, feed)];
        for (let c = 0; c < 3; c++) sums[c]! += b.get('y')![c]! - a.get('y')![c]!;
      }
      return sums.reduce((sum, each) => sum + each ** 2, 0);
    };
    const [plain, corrected] = [await errorWith('biasCorrection=false'), await errorWith('biasCorrection=true')];
    expect(corrected).toBeLessThan(plain / 2);
  });

  it('is refused where no weight is rounded beforehand', async () => {
    const options = parseSettings(quantize, ['scheme=dynamic', 'biasCorrection=true']);
    const work = { target: { exactInt8Sums: true }, laboratory, seed: 0 };
    await expect(quantize.prepare(network(), options, work)).rejects.toMatchObject({
      code: 'compress.quantize.correction-scheme',
    });
  });
});
