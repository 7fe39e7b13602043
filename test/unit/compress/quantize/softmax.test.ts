import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/data/random.js';
import type { Model } from '../../../../src/graph/model.js';
import { intAttribute } from '../../../../src/graph/node.js';
import { loadModel } from '../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import type { Feeds } from '../../../../src/runtime/session.js';
import { runnerPath } from '../../runnerPath.js';
import { datasetOf, quantizedOn } from './quantizedRun.js';
import { constant, floatInput, modelOf, node } from './smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

/** x [rows, 4] -> MatMul [4, classes] -> Softmax -> y */
function classifier(classes: number, axis = -1, opset = 13): Model {
  const random = seededRandom(7);
  const model = modelOf({
    nodes: [
      node('MatMul', ['x', 'w'], ['m'], 'product'),
      node('Softmax', ['m'], ['y'], 'softmax', { axis: intAttribute(axis) }),
    ],
    inputs: [floatInput('x', [3, 4])],
    outputs: [floatInput('y', [3, classes])],
    constants: {
      w: constant(
        [4, classes],
        Array.from({ length: 4 * classes }, () => 8 * random() - 4),
      ),
    },
  });
  model.opsets.set('', opset);
  return model;
}

const random = seededRandom(11);
const feeds: Feeds[] = Array.from({ length: 40 }, () => ({
  x: { elementType: 'float32', shape: [3, 4], data: Float32Array.from({ length: 12 }, () => 4 * random() - 2) },
}));

async function outputsOf(model: Model): Promise<number[]> {
  const session = await loadModel(runtime, model, {});
  const all: number[] = [];
  for (const each of feeds) all.push(...([...(await session.run(each))['y']!.data] as number[]));
  await session.release();
  return all;
}

const formats = ['format=qdq', 'format=qoperator'];

describe.each(formats)('a Softmax on integers, %s', (format) => {
  it('gives what it should to a step', async () => {
    const model = classifier(3);
    const { model: made, applied } = await quantizedOn(runtime, model, datasetOf(feeds), [format]);
    expect(applied.map(({ layer }) => layer)).toContain('softmax');
    const found = await outputsOf(made);
    expect(Math.max(...found)).toBe(255 / 256);
    for (const each of found) expect(Number.isInteger(each * 256)).toBe(true);
    const expected = await outputsOf(model);
    expect(Math.sqrt(found.reduce((sum, y, i) => sum + (y - expected[i]!) ** 2, 0) / found.length)).toBeLessThan(0.02);
  });

  it.each([
    ['of one class', classifier(1)],
    ['of one class, axes from 1 on', classifier(1, 1, 11)],
  ])('is left in float32 %s, which is 1 always', async (_title, model) => {
    const { model: made, candidates } = await quantizedOn(runtime, model, datasetOf(feeds), [format]);
    expect(candidates.skipped).toContainEqual({
      layer: 'softmax',
      reason: { id: 'compress.quantize.skipped.softmax-of-one', params: {} },
    });
    expect(new Set(await outputsOf(made))).toEqual(new Set([1]));
  });

  it('has all axes from its own on before operator set 13', async () => {
    const { applied } = await quantizedOn(runtime, classifier(2, 0, 11), datasetOf(feeds), [format]);
    expect(applied.map(({ layer }) => layer)).toContain('softmax');
  });
});

it('has the range from 0 to 1 in compat, and where it has more than 8 bits', async () => {
  for (const [settings, steps] of [
    [['compat=onnxruntime'], 255],
    [['activationType=uint16'], 65535],
    [[], 256],
  ] as const) {
    const { model } = await quantizedOn(runtime, classifier(3), datasetOf(feeds), settings);
    const last = model.graph.producer('y')!;
    const scale = model.graph.initializers.get(last.inputs[1]!)!.tensor;
    expect(new Float32Array((await scale.bytes.read()).slice().buffer)[0]).toBe(Math.fround(1 / steps));
  }
});
