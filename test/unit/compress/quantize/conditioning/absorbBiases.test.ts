import { afterAll, describe, expect, it } from 'vitest';
import {
  absorbBiases,
  measuredFloor,
  trainedFloor,
} from '../../../../../src/compress/quantize/conditioning/absorbBiases.js';
import { copyModel } from '../../../../../src/graph/copy.js';
import type { Model } from '../../../../../src/graph/model.js';
import { floatAttribute, intAttribute, intsAttribute } from '../../../../../src/graph/node.js';
import { english } from '../../../../../src/messages/catalog.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { readNumbers } from '../../../../../src/tensor/numbers.js';
import { seededRandom } from '../../../../fixtures/random.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { difference, laboratoryWith, outputsOf } from './running.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const random = seededRandom(3);
const numbers = (count: number, size = 1) => Array.from({ length: count }, () => (random() * 2 - 1) * size);

function network(pads: number): Model {
  return modelOf({
    nodes: [
      node('Conv', ['x', 'v', 'b'], ['h'], 'first'),
      node('Relu', ['h'], ['r'], 'relu'),
      node('MaxPool', ['r'], ['p'], 'pool', { kernel_shape: intsAttribute([2, 2]), strides: intsAttribute([2, 2]) }),
      node('Conv', ['p', 'w'], ['s'], 'second', {
        pads: intsAttribute([pads, pads, pads, pads]),
        group: intAttribute(2),
      }),
      node('Flatten', ['s'], ['f'], 'flatten'),
      node('Gemm', ['f', 'u', 'c'], ['t'], 'third', { alpha: floatAttribute(2), beta: floatAttribute(0.5) }),
      node('Relu', ['t'], ['q'], 'relu2'),
      node('Gemm', ['q', 'z'], ['y'], 'fourth', { alpha: floatAttribute(0.5) }),
    ],
    inputs: [floatInput('x', [1, 3, 8, 8])],
    outputs: [floatInput('y', [1, 2])],
    constants: {
      v: constant([4, 3, 1, 1], numbers(12, 0.2)),
      b: constant([4], [9, 0, 4, -1]),
      w: constant([4, 2, 3, 3], numbers(72)),
      u: constant([4 * (2 + 2 * pads) ** 2, 3], numbers(4 * (2 + 2 * pads) ** 2 * 3, 0.1)),
      c: constant([3], [90, 70, -500]),
      z: constant([3, 2], numbers(6)),
    },
  });
}

const feeds = Array.from({ length: 4 }, () => ({
  x: { elementType: 'float32' as const, shape: [1, 3, 8, 8], data: Float32Array.from(numbers(192)) },
}));

describe('absorbing biases', () => {
  it('leaves what the model computes on the data as it is, and narrows what it passes', async () => {
    const model = network(0);
    const absorbed = copyModel(model);
    const laboratory = laboratoryWith(runtime, feeds);
    const { notes, amounts } = await absorbBiases(absorbed, measuredFloor(absorbed, laboratory));
    expect(english(notes[0]!)).toMatch(/^The biases of [3-5] channels in 2 layers were absorbed/);
    expect(amounts.get('h')![0]).toBeGreaterThan(8);
    expect([...amounts.get('h')!].slice(1, 2)).toEqual([0]);
    const { ranges: before } = await laboratory.observe(model, { ranges: ['r', 'q'] });
    const { ranges: after } = await laboratory.observe(absorbed, { ranges: ['r', 'q'] });
    expect(after.get('r')!.max).toBeLessThan(before.get('r')!.max * 0.7);
    for (const feed of feeds) {
      const same = difference(await outputsOf(runtime, model, feed), await outputsOf(runtime, absorbed, feed));
      expect(same).toBeLessThan(1e-4);
    }
  });

  it('keeps biases whose readers pad with zeros, and says so', async () => {
    const model = network(1);
    const { notes } = await absorbBiases(model, measuredFloor(model, laboratoryWith(runtime, feeds)));
    expect(notes.map(english)).toContain('1 layers keep their biases: what reads them pads with zeros (first).');
    expect([...(await readNumbers(model.graph.initializers.get('b')!.tensor))]).toEqual([9, 0, 4, -1]);
  });

  it('takes mean - 3 deviations where training is all that is known', async () => {
    const trained = { mean: Float64Array.of(9, 0, 4, -1), deviation: Float64Array.of(1, 1, 2, 1) };
    const model = network(0);
    const floor = trainedFloor({ channels: new Map([['h', trained]]), inputs: new Map() });
    const { amounts } = await absorbBiases(model, floor);
    expect([...amounts]).toEqual([['h', Float64Array.of(6, 0, 0, 0)]]);
    expect([...(await readNumbers(model.graph.initializers.get('b')!.tensor))]).toEqual([3, 0, 4, -1]);
  });
});
