import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ConstantWriter, moveScales } from '../../../../../src/compress/quantize/conditioning/channelScales.js';
import { equalizingScales } from '../../../../../src/compress/quantize/conditioning/equalize.js';
import { equalizeChannels, groupsOf } from '../../../../../src/compress/quantize/conditioning/equalizeChannels.js';
import { isEqualizable } from '../../../../../src/graph/channels/channelGroups.js';
import { constantsToInitializers } from '../../../../../src/graph/passes/constantsToInitializers.js';
import { runPasses } from '../../../../../src/graph/passes/pass.js';
import { copyModel } from '../../../../../src/graph/copy.js';
import { Names } from '../../../../../src/graph/names.js';
import { validate } from '../../../../../src/graph/validate.js';
import { english } from '../../../../../src/messages/catalog.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { readNumbers } from '../../../../../src/tensor/numbers.js';
import { realModels } from '../../../../fixtures/realModels.js';
import { seededRandom } from '../../../../fixtures/random.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { randomInput, randomNet } from './randomNets.js';
import { difference, outputsOf } from './running.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

describe('equalization', () => {
  it('leaves what nets compute as it is, and some of them are changed', async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), async (seed) => {
        const model = randomNet(seed);
        const equalized = copyModel(model);
        await equalizeChannels(equalized);
        changed += groupsOf(model).filter(isEqualizable).length;
        validate(equalized);
        const feeds = randomInput(seed);
        const [before, after] = [await outputsOf(runtime, model, feeds), await outputsOf(runtime, equalized, feeds)];
        expect(difference(before, after)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
    expect(changed).toBeGreaterThan(60);
  });

  it('moves any scales without a change, wherever it says that they can be moved', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), async (seed) => {
        const model = randomNet(seed);
        const moved = copyModel(model);
        const random = seededRandom(seed);
        const groups = groupsOf(moved).filter(({ obstacle }) => !obstacle);
        const scales = new Map(
          groups.map((group) => [group, Float64Array.from({ length: group.count }, () => 2 ** (random() * 6 - 3))]),
        );
        await moveScales(new ConstantWriter(moved.graph, new Names(moved)), scales);
        const feeds = randomInput(seed);
        const [before, after] = [await outputsOf(runtime, model, feeds), await outputsOf(runtime, moved, feeds)];
        expect(difference(before, after)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('makes the ranges of a pair of layers equal, channel by channel', async () => {
    const model = modelOf({
      nodes: [
        node('Gemm', ['x', 'v', 'b'], ['h'], 'first'),
        node('Relu', ['h'], ['r'], 'relu'),
        node('Gemm', ['r', 'w'], ['y'], 'second'),
      ],
      inputs: [floatInput('x', [1, 2])],
      outputs: [floatInput('y', [1, 2])],
      constants: {
        v: constant([2, 3], [1, 100, 0.01, -2, 50, 0.02]),
        b: constant([3], [1, 1, 1]),
        w: constant([3, 2], [8, 4, 0.02, 0.01, 100, 300]),
      },
    });
    await equalizeChannels(model);
    const reach = async (name: string, channelOf: (i: number) => number) => {
      const numbers = await readNumbers(model.graph.initializers.get(name)!.tensor);
      const most = [0, 0, 0];
      for (const [i, x] of Array.from(numbers, Number).entries())
        most[channelOf(i)] = Math.max(most[channelOf(i)]!, Math.abs(x));
      return most.map((each) => each / Math.max(...most));
    };
    const made = await reach('v', (i) => i % 3);
    const read = await reach('w', (i) => Math.floor(i / 2));
    for (const [c, share] of made.entries()) expect(share).toBeCloseTo(read[c]!, 3);
  });

  it('names what it leaves, and why', async () => {
    const model = modelOf({
      nodes: [
        node('Conv', ['x', 'v'], ['h'], 'first'),
        node('Clip', ['h', 'low', 'high'], ['r'], 'relu6'),
        node('Conv', ['r', 'w'], ['s'], 'second'),
        node('Sigmoid', ['s'], ['g'], 'gate'),
        node('Conv', ['s', 'w'], ['t'], 'third'),
        node('Conv', ['t', 'w'], ['y'], 'fourth'),
      ],
      inputs: [floatInput('x', [1, 2, 4, 4])],
      outputs: [floatInput('y', [1, 2, 4, 4]), floatInput('t', [1, 2, 4, 4]), floatInput('g', [1, 2, 4, 4])],
      constants: {
        v: constant([2, 2, 1, 1], [1, 2, 3, 4]),
        w: constant([2, 2, 1, 1], [4, 3, 2, 1]),
        low: constant([], [0]),
        high: constant([], [6]),
      },
    });
    const { notes } = await equalizeChannels(model);
    expect(notes.map(english)).toEqual([
      'No two layers have channels that could be scaled against each other.',
      '1 groups of channels were not scaled: a Clip with other bounds than 0 stands in them (relu6).',
      '1 groups of channels were not scaled: operators stand in them that do not pass a factor on (gate).',
      '1 groups of channels were not scaled: they are outputs of the model, or subgraphs read them (t).',
    ]);
  });

  it('leaves channels alone that no weight reaches', async () => {
    const model = modelOf({
      nodes: [node('Gemm', ['x', 'v'], ['h'], 'first'), node('Gemm', ['h', 'w'], ['y'], 'second')],
      inputs: [floatInput('x', [1, 1])],
      outputs: [floatInput('y', [1, 1])],
      constants: { v: constant([1, 3], [0, 1, 2]), w: constant([3, 1], [5, 0, 1]) },
    });
    const [scales] = (await equalizingScales(groupsOf(model).filter(isEqualizable))).values();
    expect([...scales!].slice(0, 2)).toEqual([1, 1]);
  });
});

/** Dark strokes in a row on a light ground: something like text. */
function strokes(shape: readonly number[]): Float32Array {
  const [, , height = 0, width = 0] = shape;
  const random = seededRandom(1);
  const bars = Array.from({ length: width }, () => random() < 0.5);
  const length = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length }, (_, i) => {
    const row = Math.floor(i / width) % height;
    const inside = row > height * 0.3 && row < height * 0.7 && bars[(i % width) & ~1];
    return inside ? -1 : 1;
  });
}

const inputs: Readonly<Record<string, readonly number[]>> = {
  'ppocr-detection': [1, 3, 64, 64],
  'ppocr-recognition': [1, 3, 48, 96],
  'ppocr-direction': [1, 3, 48, 192],
};

describe('trained models compute what they did', () => {
  it.each(Object.entries(inputs))('%s', async (name, shape) => {
    const opened = await openModel(realModels.find((each) => each.name === name)!.path);
    const model = copyModel(opened.model);
    await runPasses(model, constantsToInitializers);
    const equalized = copyModel(model);
    await equalizeChannels(equalized);
    const data = strokes(shape);
    const feeds = { [model.graph.inputs[0]!.name]: { elementType: 'float32' as const, shape, data } };
    const [before, after] = [await outputsOf(runtime, model, feeds), await outputsOf(runtime, equalized, feeds)];
    expect([...before.values()][0]!.reduce((a, b) => Math.max(a, b))).toBeGreaterThan(0.01);
    expect(difference(before, after)).toBeLessThan(1e-3);
    await opened.close();
  });

  it.each(['silero-legacy', 'silero-v5'])('%s has no layers that could be touched, inside its Ifs', async (name) => {
    const opened = await openModel(realModels.find((each) => each.name === name)!.path);
    const model = copyModel(opened.model);
    const before = new Map([...model.graph.initializers].map(([key, { tensor }]) => [key, tensor]));
    await equalizeChannels(model);
    for (const [key, tensor] of before) expect(model.graph.initializers.get(key)!.tensor).toBe(tensor);
    await opened.close();
  });
});
