import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { ActivationStatistics } from '../../../../../src/compress/method.js';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../../src/data/modelInput.js';
import { openDataset } from '../../../../../src/data/openDataset.js';
import type { Model } from '../../../../../src/graph/model.js';
import { floatAttribute, intAttribute, stringAttribute } from '../../../../../src/graph/node.js';
import { nodesOf } from '../../../../../src/graph/scope.js';
import { validate } from '../../../../../src/graph/validate.js';
import { encodeModel } from '../../../../../src/onnx/encodeModel.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../../../src/runtime/activationStatistics.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import type { Feeds } from '../../../../../src/runtime/session.js';
import { numbersOfArray } from '../../../../../src/tensor/numbers.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../../../models.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

type Observe = (model: Model, values: ReadonlyMap<string, number | null>) => Promise<ActivationStatistics>;

async function convert(original: Model, settings: readonly string[] = [], observe?: Observe) {
  const options = parseSettings(quantize, ['scheme=float16', ...settings]);
  const { model } = await quantize.prepare(original, options, work);
  const candidates = quantize.candidates(model, options, work.target);
  const choices = preferredChoices(candidates);
  const { distributions = new Map() } = quantize.statistics(model, choices, options);
  const statistics = observe ? await observe(model, distributions) : { ranges: new Map() };
  const applied = await quantize.apply({ model, choices, statistics, options, ...work });
  validate(applied.model);
  return { ...applied, skipped: [...candidates.skipped, ...applied.skipped] };
}

/** Statistics as if a run had given these numbers. */
const seen =
  (numbers: Record<string, readonly number[]>): Observe =>
  () => {
    const distributions = Object.entries(numbers).map(([value, list]) => {
      const mean = list.reduce((sum, each) => sum + each, 0) / list.length;
      const std = Math.sqrt(list.reduce((sum, each) => sum + (each - mean) ** 2, 0) / list.length);
      return [value, { min: Math.min(...list), max: Math.max(...list), mean, std }] as const;
    });
    return Promise.resolve({ ranges: new Map(), distributions: new Map(distributions) as never });
  };

async function run(model: Model, feeds: Feeds): Promise<number[][]> {
  const session = await loadModel(runtime, model);
  const found = await session.run(feeds);
  await session.release();
  return model.graph.outputs.map(({ name }) => [...numbersOfArray(found[name]!.elementType, found[name]!.data)]);
}

const feed = (shape: readonly number[], numbers: readonly number[]) => ({
  elementType: 'float32' as const,
  shape,
  data: Float32Array.from(numbers),
});

const chain = (model: Model) => model.graph.nodes.map((each) => each.opType);
const reasons = ({ skipped }: Awaited<ReturnType<typeof convert>>) =>
  Object.fromEntries(skipped.map(({ layer, reason }) => [layer, reason.id.split('.').at(-1)]));

const x = () => floatInput('x', [2]);

describe('float32 islands', () => {
  /** x -> square -> root -> y */
  const squared = () =>
    modelOf({
      nodes: [
        node('Mul', ['x', 'x'], ['a'], 'square'),
        node('Sqrt', ['a'], ['b'], 'root'),
        node('Add', ['b', 'one'], ['y'], 'add'),
      ],
      inputs: [x()],
      outputs: [floatInput('y', [2])],
      constants: { one: constant([], [1]) },
    });

  it('are where values were seen beyond the range', async () => {
    const plain = await convert(squared(), [], seen({ x: [1, 2], a: [1, 4], b: [1, 2], y: [2, 3] }));
    expect(chain(plain.model)).toEqual(['Cast', 'Mul', 'Sqrt', 'Add', 'Cast']);
    const great = await convert(
      squared(),
      [],
      seen({ x: [300, 200], a: [90000, 40000], b: [300, 200], y: [301, 201] }),
    );
    expect(reasons(great)).toEqual({ square: 'great-value', root: 'great-value' });
    expect(chain(great.model)).toEqual(['Mul', 'Sqrt', 'Cast', 'Add', 'Cast']);
    expect(await run(great.model, { x: feed([2], [300, 200]) })).toEqual([[301, 201]]);
  });

  it('leave as much room below the greatest half as is asked for', async () => {
    const numbers = seen({ x: [200, 3], a: [40000, 10], b: [200, 3], y: [201, 4] });
    expect(reasons(await convert(squared(), [], numbers))).toEqual({ square: 'great-value', root: 'great-value' });
    expect(reasons(await convert(squared(), ['halfMargin=1'], numbers))).toEqual({});
  });

  it('are where values are too small, or near zero where a root or quotient reads them', async () => {
    const tiny = await convert(squared(), [], seen({ x: [1e-4, 2e-4], a: [1e-8, 4e-8], b: [1e-4, 2e-4] }));
    expect(reasons(tiny)).toEqual({ square: 'small-value', root: 'small-value' });
    const [found] = await run(tiny.model, { x: feed([2], [1e-4, 2e-4]) });
    expect(found![1]).toBeCloseTo(1.0002, 3);
    const near = await convert(squared(), [], seen({ x: [0.005, 1], a: [2.5e-5, 1], b: [0.005, 1] }));
    expect(reasons(near)).toEqual({ root: 'near-zero' });
  });

  it('follow a constant that is too great as far as it goes, where no data tells', async () => {
    const masked = () =>
      modelOf({
        nodes: [
          node('Add', ['x', 'mask'], ['a'], 'add'),
          node('Identity', ['a'], ['b'], 'pass'),
          node('Softmax', ['b'], ['c'], 'softmax'),
          node('Mul', ['c', 'c'], ['y'], 'mul'),
        ],
        inputs: [x()],
        outputs: [floatInput('y', [2])],
        constants: { mask: constant([2], [0, -1e9]) },
      });
    const blind = await convert(masked());
    expect(reasons(blind)).toEqual({ add: 'great-constant', pass: 'follows', softmax: 'follows' });
    expect(chain(blind.model)).toEqual(['Add', 'Identity', 'Softmax', 'Cast', 'Mul', 'Cast']);
    expect(await run(blind.model, { x: feed([2], [1, 5]) })).toEqual([[1, 0]]);
    const told = await convert(masked(), [], seen({ x: [1, 5], a: [1, -1e9], b: [1, -1e9], c: [0, 1], y: [0, 1] }));
    expect(reasons(told)).toMatchObject({ softmax: 'great-value' });
  });

  it('keep the small number of a normalization that was taken apart', async () => {
    const model = modelOf({
      nodes: [
        node('Mul', ['x', 'x'], ['a'], 'square'),
        node('Add', ['a', 'epsilon'], ['b'], 'add'),
        node('Sqrt', ['b'], ['c'], 'root'),
        node('Div', ['x', 'c'], ['d'], 'quotient'),
        node('Mul', ['d', 'gain'], ['y'], 'gain'),
      ],
      inputs: [x()],
      outputs: [floatInput('y', [2])],
      constants: { epsilon: constant([], [1e-12]), gain: constant([], [2]) },
    });
    const { model: result, ...rest } = await convert(model);
    expect(reasons({ model: result, ...rest })).toEqual({
      add: 'small-constant',
      root: 'follows',
      quotient: 'follows',
    });
    expect(await run(result, { x: feed([2], [0, 4]) })).toEqual([[0, 2]]);
  });

  it('hold whole numbers that halves do not, and what a person excludes', async () => {
    const model = () =>
      modelOf({
        nodes: [
          node('Cast', ['i'], ['a'], 'cast', { to: intAttribute(1) }),
          node('Add', ['a', 'x'], ['b'], 'add'),
          node('Mul', ['b', 'b'], ['y'], 'mul'),
        ],
        inputs: [x(), { name: 'i', type: { kind: 'tensor', elementType: 'int64', shape: [2] } }],
        outputs: [floatInput('y', [2])],
        constants: {},
      });
    expect(reasons(await convert(model()))).toEqual({ cast: 'integers', add: 'follows' });
    const few = await convert(model(), [], seen({ a: [0, 100], b: [0, 1], x: [0, 1] }));
    expect(reasons(few)).toEqual({});
    expect(few.model.graph.nodes.find(({ name }) => name === 'cast')?.int('to')).toBe(10);
    const left = await convert(model(), ['exclude=add'], seen({ a: [0, 100] }));
    expect(reasons(left)).toMatchObject({ add: 'excluded' });
    const [cast] = left.model.graph.nodes.filter(({ name }) => name === 'cast');
    expect(cast!.int('to')).toBe(1);
  });

  it('hold normalizations where that is asked for', async () => {
    const model = () => ({
      ...modelOf({
        nodes: [node('LayerNormalization', ['x', 'g'], ['a'], 'norm'), node('Mul', ['a', 'a'], ['y'], 'mul')],
        inputs: [x()],
        outputs: [floatInput('y', [2])],
        constants: { g: constant([2], [1, 1]) },
      }),
      opsets: new Map([['', 17]]),
    });
    expect(chain((await convert(model())).model)).toEqual(['Cast', 'LayerNormalization', 'Mul', 'Cast']);
    const kept = await convert(model(), ['floatNormalization=true']);
    expect(chain(kept.model)).toEqual(['LayerNormalization', 'Cast', 'Mul', 'Cast']);
  });
});

describe('types that operators name, or keep', () => {
  it('follow: filled, random and resized tensors, scales of a Resize excepted', async () => {
    const model = modelOf({
      nodes: [
        node('Shape', ['x'], ['shape'], 'shape'),
        node('ConstantOfShape', ['shape'], ['zeros'], 'zeros'),
        node('RandomNormalLike', ['x'], ['noise'], 'noise', { scale: floatAttribute(1e-3), dtype: intAttribute(1) }),
        node('Add', ['zeros', 'noise'], ['sum'], 'sum'),
        node('Add', ['sum', 'x'], ['more'], 'more'),
        node('Resize', ['more', '', 'scales'], ['big'], 'resize', { mode: stringAttribute('nearest') }),
        node('Clip', ['big', 'low', ''], ['y'], 'clip'),
      ],
      inputs: [floatInput('x', [1, 1, 2, 2])],
      outputs: [floatInput('y', [1, 1, 4, 4])],
      constants: { scales: constant([4], [1, 1, 2, 2]), low: constant([], [0]) },
    });
    const { model: result } = await convert(model);
    expect(chain(result).filter((each) => each === 'Cast')).toHaveLength(2);
    expect(result.graph.initializers.get('scales')?.tensor.elementType).toBe('float32');
    expect(result.graph.initializers.get('low')?.tensor.elementType).toBe('float16');
    const [found] = await run(result, { x: feed([1, 1, 2, 2], [1, 2, 3, 4]) });
    expect(found).toHaveLength(16);
    expect(found![0]).toBeCloseTo(1, 1);
  });

  it('change those of inputs and outputs where that is asked for', async () => {
    const model = modelOf({
      nodes: [node('Mul', ['x', 'x'], ['y'], 'mul')],
      inputs: [x()],
      outputs: [floatInput('y', [2])],
      constants: {},
    });
    const { model: result } = await convert(model, ['keepIoTypes=false']);
    expect(chain(result)).toEqual(['Mul']);
    expect([...result.graph.inputs, ...result.graph.outputs].map(({ type }) => type)).toEqual([
      { kind: 'tensor', elementType: 'float16', shape: [2] },
      { kind: 'tensor', elementType: 'float16', shape: [2] },
    ]);
  });

  it('keep a constant that both kinds of layers read in float32, once', async () => {
    const model = modelOf({
      nodes: [node('Mul', ['x', 'w'], ['a'], 'first'), node('Add', ['a', 'w'], ['y'], 'second')],
      inputs: [x()],
      outputs: [floatInput('y', [2])],
      constants: { w: constant([2], [0.1, 0.2]) },
    });
    const { model: result } = await convert(model, ['exclude=second']);
    expect([...result.graph.initializers.keys()]).toEqual(['w']);
    expect(result.graph.initializers.get('w')?.tensor.elementType).toBe('float32');
    expect((await run(result, { x: feed([2], [1, 1]) }))[0]![0]).toBeCloseTo(0.2, 3);
  });
});

describe('weights alone', () => {
  it.each(['scheme=bfloat16', 'halfWeightsOnly=true'])('are stored behind Casts: %s', async (setting) => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const { model, applied } = await convert(opened.model, [setting]);
    const type = setting.startsWith('scheme') ? 'bfloat16' : 'float16';
    expect(applied.map(({ choice }) => choice)).toEqual(applied.map(() => type));
    const types = [...model.graph.initializers.values()].map(({ tensor }) => tensor.elementType);
    expect(types).toContain(type);
    const { byteLength } = await encodeModel(model);
    expect(byteLength / opened.byteLength).toBeLessThan(0.51);
    expect(await countRight(model)).toBeGreaterThanOrEqual((await countRight(opened.model)) - 3);
    await opened.close();
  });

  it('keep what 16 bits do not hold, and say so', async () => {
    const great = constant(
      [64],
      Array.from({ length: 64 }, (_, i) => (i === 0 ? 1e6 : 1)),
    );
    const small = constant(
      [64],
      Array.from({ length: 64 }, () => 1e-9),
    );
    const model = () =>
      modelOf({
        nodes: [
          node('Mul', ['x', 'great'], ['a'], 'great'),
          node('Mul', ['a', 'small'], ['b'], 'small'),
          node('Mul', ['b', 'fine'], ['y'], 'fine'),
        ],
        inputs: [floatInput('x', [64])],
        outputs: [floatInput('y', [64])],
        constants: {
          great,
          small,
          fine: constant(
            [64],
            Array.from({ length: 64 }, (_, i) => i),
          ),
        },
      });
    expect(reasons(await convert(model(), ['halfWeightsOnly=true']))).toEqual({
      great: 'great-constant',
      small: 'small-constant',
    });
    expect(reasons(await convert(model(), ['scheme=bfloat16']))).toEqual({});
  });
});

const digits = [
  'lenet-300-100',
  'resnet-digits',
  'mobilenet-digits',
  'mobilenet-digits-bn',
  'mobilenet-digits-unbalanced',
  'vit-digits',
];
const paths: readonly (readonly [string, string])[] = [
  ['lenet-5', samplePath('lenet-5.onnx')],
  ...digits.map((name) => [name, fixturePath(`${name}.onnx`)] as const),
  ...['ch_PP-OCRv4_det_infer', 'ch_PP-OCRv4_rec_infer', 'ch_ppocr_mobile_v2.0_cls_infer'].map(
    (name) => [name, ocrPath(`${name}.onnx`)] as const,
  ),
  ...['silero_vad_legacy', 'silero_vad_v5', 'silero_vad_v6'].map((name) => [name, vadPath(`${name}.onnx`)] as const),
];

interface Converted {
  readonly casts: number;
  readonly bytes: number;
  readonly right?: number;
}

describe('against the converter of onnxruntime', () => {
  it.each(paths)('%s loads, is no larger, and as good', async (name, path) => {
    const { models } = JSON.parse(await readFile(fixturePath('half/converted.json'), 'utf8')) as {
      models: Record<string, Converted>;
    };
    const theirs = models[name]!;
    const opened = await openModel(path);
    const observe: Observe = async (model, distributions) => {
      const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 40 });
      return collectActivationStatistics(runtime, model, { ranges: [], distributions }, dataset);
    };
    const result = await convert(opened.model, [], theirs.right === undefined ? undefined : observe);
    const islands = result.skipped.filter(({ reason }) => /great|small|near-zero|follows|integers/.test(reason.id));
    const bytes = await encodeModel(result.model);
    if (islands.length === 0) {
      expect(bytes.byteLength).toBeLessThanOrEqual(theirs.bytes);
      expect(castsBetweenFloats(result.model) - castsBetweenFloats(opened.model)).toBeLessThanOrEqual(theirs.casts);
    }
    if (theirs.right === undefined) await (await loadModel(runtime, result.model)).release();
    else expect(await countRight(result.model)).toBeGreaterThanOrEqual(theirs.right - 1);
    await opened.close();
  });
});

function castsBetweenFloats(model: Model): number {
  return [...nodesOf(model)].filter(({ node: each }) => each.is('Cast') && [1, 10].includes(each.int('to', 0))).length;
}

/** How many of the test digits the model tells right. */
async function countRight(model: Model): Promise<number> {
  const dataset = await openDataset(samplePath('digits-test.npz'), modelInputs(model));
  const session = await loadModel(runtime, model);
  let right = 0;
  for (let start = 0; start < dataset.sampleCount; start += 250) {
    const samples = Array.from({ length: 250 }, (_, i) => start + i);
    const logits = (await session.run((await dataset.read(samples)).feeds))['logits']!.data as Float32Array;
    for (const [i, sample] of samples.entries()) {
      const row = logits.subarray(i * 10, i * 10 + 10);
      if (row.indexOf(Math.max(...row)) === dataset.labels![sample]) right++;
    }
  }
  await session.release();
  return right;
}
