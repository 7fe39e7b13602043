import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { smoothActivations, smoothingScales } from '../../../../../src/compress/quantize/conditioning/smoothQuant.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { copyModel } from '../../../../../src/graph/copy.js';
import type { Model } from '../../../../../src/graph/model.js';
import { intAttribute } from '../../../../../src/graph/node.js';
import { english } from '../../../../../src/messages/catalog.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { normalNumbers } from '../../../../fixtures/random.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { decibels, difference, laboratoryWith, outputsOf } from './running.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const width = 8;
const numbers = (count: number, seed: number, size = 1) =>
  Array.from(normalNumbers(count, seed), (each) => each * size);

/** A LayerNormalization whose third channel is an outlier, read by two products; then a product that a Mul stands before. */
function transformer(): Model {
  const scale = Array.from({ length: width }, (_, c) => (c === 2 ? 60 : 1));
  const model = modelOf({
    nodes: [
      node('LayerNormalization', ['x', 'scale', 'bias'], ['n'], 'norm', { axis: intAttribute(-1) }),
      node('MatMul', ['n', 'q'], ['a'], 'query'),
      node('MatMul', ['n', 'k'], ['b'], 'key'),
      node('Mul', ['a', 'b'], ['m'], 'gate'),
      node('Mul', ['m', 'half'], ['h'], 'halve'),
      node('MatMul', ['h', 'o'], ['t'], 'out'),
      node('Sigmoid', ['t'], ['s'], 'sigmoid'),
      node('MatMul', ['s', 'z'], ['y'], 'last'),
    ],
    inputs: [floatInput('x', [1, 5, width])],
    outputs: [floatInput('y', [1, 5, width])],
    constants: {
      scale: constant([width], scale),
      bias: constant([width], numbers(width, 1, 0.1)),
      q: constant(
        [width, width],
        numbers(width * width, 2).map((each, i) => (Math.floor(i / width) === 2 ? each / 60 : each)),
      ),
      k: constant(
        [width, width],
        numbers(width * width, 3).map((each, i) => (Math.floor(i / width) === 2 ? each / 60 : each)),
      ),
      half: constant([], [0.5]),
      o: constant([width, width], numbers(width * width, 4, 0.1)),
      z: constant([width, width], numbers(width * width, 5)),
    },
  });
  model.opsets.set('', 17);
  return model;
}

const feeds = [11, 12, 13].map((seed) => ({
  x: { elementType: 'float32' as const, shape: [1, 5, width], data: Float32Array.from(numbers(5 * width, seed)) },
}));

describe('SmoothQuant', () => {
  it('scales by the greatest activation and the greatest weight of a channel', () => {
    const scales = smoothingScales(Float64Array.of(16, 4, 0, 9), Float64Array.of(4, 1, 1, 0), 0.5);
    expect([...scales]).toEqual([2, 2, 1, 1]);
    expect([...smoothingScales(Float64Array.of(16), Float64Array.of(4), 1)]).toEqual([16]);
    expect([...smoothingScales(Float64Array.of(16), Float64Array.of(4), 0)]).toEqual([0.25]);
  });

  it('leaves what the model computes as it is, and names what it cannot treat', async () => {
    const model = transformer();
    const smooth = copyModel(model);
    const notes = await smoothActivations(smooth, 0.5, laboratoryWith(runtime, feeds));
    expect(notes.map(english)).toEqual([
      'Outliers of 2 values were moved into the weights of the 3 layers that read them.',
      '1 products of matrices keep the outliers of what they read: nothing before them can take a scale for each channel (last).',
    ]);
    const { distributions } = await laboratoryWith(runtime, feeds).observe(smooth, {
      ranges: [],
      distributions: new Map([['n', -1]]),
    });
    const { max } = distributions!.get('n')!.channels!;
    expect(max[2]! / max[1]!).toBeLessThan(10);
    for (const feed of feeds) {
      const same = difference(await outputsOf(runtime, model, feed), await outputsOf(runtime, smooth, feed));
      expect(same).toBeLessThan(1e-4);
    }
  });

  it('brings outputs nearer to those in float where activations have outliers', async () => {
    const found = await Promise.all(
      ['smoothQuant=false', 'smoothQuant=true'].map(async (setting) => {
        const options = parseSettings(quantize, [setting, 'perChannel=false', 'exclude=gate,halve,sigmoid,out,last']);
        const laboratory = laboratoryWith(runtime, feeds);
        const work = { target: { exactInt8Sums: true }, laboratory, seed: 0 };
        const { model } = await quantize.prepare(transformer(), options, work);
        const choices = preferredChoices(quantize.candidates(model, options, work.target));
        const statistics = await laboratory.observe(model, quantize.statistics(model, choices, options));
        const applied = await quantize.apply({ model, choices, statistics, options, ...work });
        const expected = (await outputsOf(runtime, transformer(), feeds[0]!)).get('y')!;
        return decibels(expected, (await outputsOf(runtime, applied.model, feeds[0]!)).get('y')!);
      }),
    );
    expect(found[1]!).toBeGreaterThan(found[0]! + 6);
  });
});
