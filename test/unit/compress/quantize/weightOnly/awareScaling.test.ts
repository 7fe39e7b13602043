import { afterAll, describe, expect, it } from 'vitest';
import { parseOptions } from '../../../../../src/compress/options.js';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../../../../src/data/dataset.js';
import { seededRandom } from '../../../../../src/data/random.js';
import type { Model } from '../../../../../src/graph/model.js';
import { laboratoryOn } from '../../../../../src/recipe/laboratory.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const width = 64;
const random = seededRandom(3);
const draw = () => random() * 2 - 1;
const list = (count: number) => Array.from({ length: count }, draw);

const isLarge = (channel: number) => channel % 23 === 5;
/** [width, 16]: small where channels are large. */
const weight = () =>
  constant(
    [width, 16],
    list(width * 16).map((x, i) => (isLarge(Math.floor(i / 16)) ? x / 10 : x)),
  );

/** Products behind a LayerNormalization that makes three channels large, and one behind a Softmax. */
function outlierModel(): Model {
  const gains = Array.from({ length: width }, (_, i) => (isLarge(i) ? 40 : 1));
  const model = modelOf({
    nodes: [
      node('LayerNormalization', ['x', 'gain', 'shift'], ['n'], 'normalize'),
      node('MatMul', ['n', 'w1'], ['a'], 'first'),
      node('MatMul', ['n', 'w2'], ['b'], 'second'),
      node('Softmax', ['n'], ['s'], 'softmax'),
      node('MatMul', ['s', 'w3'], ['c'], 'bare'),
    ],
    inputs: [floatInput('x', [4, width])],
    outputs: ['a', 'b', 'c'].map((name) => floatInput(name, [4, 16])),
    constants: {
      gain: constant([width], gains),
      shift: constant([width], list(width)),
      w1: weight(),
      w2: weight(),
      w3: weight(),
    },
  });
  model.opsets.set('', 21);
  model.irVersion = 10;
  return model;
}

const feeds = Array.from({ length: 12 }, () => ({
  x: { elementType: 'float32' as const, shape: [4, width], data: Float32Array.from(list(4 * width)) },
}));

const samples: Dataset = {
  name: 'samples',
  sampleCount: feeds.length,
  inputs: [{ name: 'x', elementType: 'float32', sampleShape: [4, width] }],
  stackable: false,
  warnings: [],
  read: ([sample = 0]) => Promise.resolve({ feeds: feeds[sample]!, samples: [sample] }),
};

async function run(model: Model): Promise<Record<string, number[]>> {
  const session = await loadModel(runtime, model, { optimization: 'disabled' });
  const found: Record<string, number[]> = { a: [], b: [], c: [] };
  for (const each of feeds) {
    const results = await session.run(each);
    for (const name of Object.keys(found)) found[name]!.push(...(results[name]!.data as Float32Array));
  }
  await session.release();
  return found;
}

function squaredError(expected: number[], found: number[]): number {
  return expected.reduce((sum, x, i) => sum + (x - found[i]!) ** 2, 0);
}

async function quantized(awq: boolean) {
  const options = parseOptions(quantize, { scheme: 'weight-only', weightType: 'int4', awq });
  const laboratory = laboratoryOn(samples, runtime, 'outliers');
  const work = { target: { exactInt8Sums: true }, laboratory, seed: 0 };
  const prepared = await quantize.prepare(outlierModelOnce, options, work);
  const choices = preferredChoices(quantize.candidates(prepared.model, options, work.target));
  const statistics = { ranges: new Map() };
  return { prepared, applied: await quantize.apply({ model: prepared.model, choices, statistics, options, ...work }) };
}

const outlierModelOnce = outlierModel();

describe('scaling by activations', () => {
  it('keeps what the model computes, and halves the error of layers that read outliers', async () => {
    const expected = await run(outlierModelOnce);
    const plain = await quantized(false);
    const aware = await quantized(true);
    expect(aware.prepared.notes.map(({ id }) => id)).toContain('compress.quantize.note.scaled-by-activations');
    const scaled = await run(aware.prepared.model);
    const before = await run(plain.applied.model);
    const after = await run(aware.applied.model);
    for (const name of ['a', 'b', 'c']) {
      const size = Math.max(...expected[name]!.map(Math.abs));
      scaled[name]!.forEach((x, i) => expect(Math.abs(x - expected[name]![i]!)).toBeLessThan(1e-5 * size));
    }
    const errorOf = (found: Record<string, number[]>) =>
      squaredError(expected['a']!, found['a']!) + squaredError(expected['b']!, found['b']!);
    expect(errorOf(after)).toBeLessThan(errorOf(before) / 2);
    expect(squaredError(expected['c']!, after['c']!)).toBeLessThanOrEqual(squaredError(expected['c']!, before['c']!));
  });

  it('needs data', () => {
    const options = (awq: boolean) => parseOptions(quantize, { scheme: 'weight-only', awq });
    expect(quantize.needsData(options(true))).toBe(true);
    expect(quantize.needsData(options(false))).toBe(false);
  });
});
