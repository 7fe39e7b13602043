import { describe, expect, it } from 'vitest';
import type { Applied, Range } from '../../../../src/compress/method.js';
import { preferredChoices } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import { layersOf } from '../../../../src/graph/layers.js';
import type { Model } from '../../../../src/graph/model.js';
import { floatAttribute, intAttribute } from '../../../../src/graph/node.js';
import { validate } from '../../../../src/graph/validate.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { fixturePath, samplePath } from '../../models.js';
import { constant, floatInput, modelOf, node } from './smallModels.js';

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

function plan(model: Model, settings: readonly string[]) {
  const options = parseSettings(quantize, settings);
  const candidates = quantize.candidates(model, options, work.target);
  const choices = preferredChoices(candidates);
  return { options, candidates, choices, wanted: quantize.statistics(model, choices, options).ranges };
}

/** Applies the preferred choices with the same range for every value, unless told otherwise. */
async function apply(original: Model, settings: readonly string[] = [], ranges: Record<string, Range> = {}) {
  const { model } = await quantize.prepare(original, parseSettings(quantize, settings), work);
  const { options, candidates, choices, wanted } = plan(model, settings);
  const statistics = { ranges: new Map(wanted.map((value) => [value, ranges[value] ?? { min: -1, max: 3 }])) };
  const applied = await quantize.apply({ model, choices, statistics, options, ...work });
  validate(applied.model);
  return { ...applied, candidates, wanted };
}

const operators = ({ model }: Applied) => model.graph.nodes.map((each) => each.opType);
const reasonOf = (skipped: Applied['skipped'], layer: string) => skipped.find((each) => each.layer === layer)?.reason;

/** conv -> relu -> conv, and what the second gives is the result. */
function chain(activation = node('Relu', ['a'], ['b'], 'relu')): Model {
  return modelOf({
    nodes: [node('Conv', ['x', 'w1', 'bias'], ['a'], 'conv1'), activation, node('Conv', ['b', 'w2'], ['y'], 'conv2')],
    inputs: [floatInput('x', [1, 1, 2, 2])],
    outputs: [floatInput('y', [1, 1, 2, 2])],
    constants: {
      w1: constant([2, 1, 1, 1], [1, -2]),
      bias: constant([2], [0.5, 0]),
      w2: constant([1, 2, 1, 1], [0.25, 3]),
      low: constant([], [-1]),
      one: constant([], [1]),
      two: constant([], [2]),
    },
  });
}

describe('static quantization', () => {
  it('puts integers behind weights and biases and around activations', async () => {
    const { model, applied, skipped } = await apply(chain());
    expect(operators({ model } as Applied).filter((each) => each === 'DequantizeLinear')).toHaveLength(6);
    expect(operators({ model } as Applied).filter((each) => each === 'QuantizeLinear')).toHaveLength(3);
    expect(model.graph.initializers.get('w1_q')?.tensor).toMatchObject({ elementType: 'int8', shape: [2, 1, 1, 1] });
    expect([...(await model.graph.initializers.get('w1_q')!.tensor.bytes.read())]).toEqual([64, 192]);
    expect(model.graph.initializers.get('bias_q')?.tensor.elementType).toBe('int32');
    expect(model.graph.initializers.has('w1')).toBe(false);
    expect(applied.map((each) => each.layer)).toEqual(['conv1', 'relu', 'conv2']);
    expect(skipped).toEqual([]);
  });

  it('leaves the given model as it was', async () => {
    const model = chain();
    const before = model.graph.nodes.map((each) => [each.opType, each.inputs, each.outputs]);
    await apply(model);
    expect(model.graph.nodes.map((each) => [each.opType, each.inputs, each.outputs])).toEqual(before);
    expect([...model.graph.initializers.keys()]).toContain('w1');
  });

  it('asks for the ranges that it needs and no others', async () => {
    const { wanted } = await apply(chain());
    expect([...wanted].sort()).toEqual(['b', 'x', 'y']);
  });

  it('tells where a Relu went, and how far it is', async () => {
    const { options, choices, wanted } = plan(chain(), []);
    const fractions: number[] = [];
    const { sites } = await quantize.apply({
      model: chain(),
      choices,
      statistics: { ranges: new Map(wanted.map((value) => [value, { min: 0, max: 1 }])) },
      options,
      ...work,
      onProgress: (fraction) => fractions.push(fraction),
    });
    expect(Object.fromEntries(sites)).toEqual({ conv1: ['conv1'], relu: ['conv1'], conv2: ['conv2'] });
    expect(fractions).toEqual([0.5, 1]);
  });

  it('stops when it is told to', async () => {
    const { options, choices } = plan(chain(), []);
    const statistics = { ranges: new Map(['x', 'b', 'y'].map((value) => [value, { min: 0, max: 1 }])) };
    const signal = AbortSignal.abort();
    const started = quantize.apply({ model: chain(), choices, statistics, options, ...work, signal });
    await expect(started).rejects.toBe(signal.reason);
  });

  it('keeps a Relu whose input is a result too, or where zero points are in the middle', async () => {
    expect(operators(await apply(chain()))).not.toContain('Relu');
    expect(operators(await apply(chain(), ['symmetricActivations=true']))).toContain('Relu');
    const branched = chain();
    branched.graph.outputs.push(floatInput('a', [1, 2, 2, 2]));
    expect(operators(await apply(branched))).toContain('Relu');
  });

  it.each([
    ['low', 'two', false],
    ['one', 'two', true],
    ['', 'two', false],
    ['low', '', false],
    ['x', 'two', true],
  ])('keeps a Clip from %s to %s: %s', async (low, high, kept) => {
    const { model } = await apply(chain(node('Clip', ['a', low, high], ['b'], 'clip')));
    expect(operators({ model } as Applied).includes('Clip')).toBe(kept);
  });

  it('lets a Relu that always gave zero cut off what is negative', async () => {
    const { model } = await apply(chain(), ['activationType=int8'], { b: { min: 0, max: 0 } });
    const quantizer = model.graph.producer('b_q')!;
    const zero = model.graph.initializers.get(quantizer.inputs[2]!)!.tensor;
    expect(new Int8Array(await zero.bytes.read())[0]).toBe(-128);
  });

  it('gives a name that is taken to nobody else', async () => {
    const model = chain();
    for (const name of ['w1_q', 'x_scale', 'b_dq']) {
      model.graph.initializers.set(name, { name, tensor: constant([], [7]) });
      model.graph.add(node('Identity', [name], [`copy of ${name}`]));
      model.graph.outputs.push(floatInput(`copy of ${name}`, []));
    }
    const { model: result } = await apply(model);
    for (const name of ['w1_q', 'x_scale', 'b_dq']) {
      expect(result.graph.initializers.get(name)?.tensor.elementType).toBe('float32');
    }
  });

  it('multiplies a bias by the beta of its Gemm, and leaves one float that is broadcast or beside an alpha', async () => {
    const gemm = (shape: readonly number[], attributes: Record<string, number>) =>
      modelOf({
        nodes: [
          node('Gemm', ['x', 'w', 'c'], ['y'], 'gemm', {
            ...Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, floatAttribute(value)])),
          }),
        ],
        inputs: [floatInput('x', [1, 2])],
        outputs: [floatInput('y', [1, 2])],
        constants: { w: constant([2, 2], [1, 0.5, -1, 0.25]), c: constant(shape, shape.length ? [0.5, -0.5] : [0.5]) },
      });
    const halved = await apply(gemm([2], { beta: 0.5 }));
    const scales = new Float32Array((await halved.model.graph.initializers.get('c_scale')!.tensor.bytes.read()).buffer);
    const integers = new Int32Array((await halved.model.graph.initializers.get('c_q')!.tensor.bytes.read()).buffer);
    expect([...integers].map((each, i) => each * scales[i]!)).toEqual([
      expect.closeTo(0.25, 3),
      expect.closeTo(-0.25, 3),
    ]);
    expect(halved.model.graph.nodes.find((each) => each.is('Gemm'))?.float('beta')).toBe(1);
    for (const odd of [gemm([2], { alpha: 2 }), gemm([1, 2], {}), gemm([], {})]) {
      expect((await apply(odd)).model.graph.initializers.get('c')?.tensor.elementType).toBe('float32');
    }
  });

  it('scales a weight by column only where it is a matrix on the right', async () => {
    const product = (left: string, right: string) =>
      modelOf({
        nodes: [node('MatMul', [left, right], ['y'], 'product')],
        inputs: [floatInput('x', [2, 2, 2])],
        outputs: [floatInput('y', [2, 2, 2])],
        constants: { m: constant([2, 2], [1, 2, 3, 4]), t: constant([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]) },
      });
    const scaleShape = async (left: string, right: string, name: string) =>
      (await apply(product(left, right))).model.graph.initializers.get(`${name}_scale`)?.tensor.shape;
    expect(await scaleShape('x', 'm', 'm')).toEqual([2]);
    expect(await scaleShape('m', 'x', 'm')).toEqual([]);
    expect(await scaleShape('x', 't', 't')).toEqual([]);
  });
});

describe('what is left out', () => {
  it('is listed with the reason', async () => {
    const model = modelOf({
      nodes: [
        node('Conv', ['x', 'w'], ['a'], 'conv'),
        node('Erf', ['a'], ['b'], 'erf'),
        node('Reshape', ['b', 'shape'], ['c'], 'reshape'),
        node('Shape', ['c'], ['d'], 'shape'),
        node('Gather', ['d', 'index'], ['e'], 'gather'),
      ],
      inputs: [floatInput('x', [1, 1, 2, 2])],
      outputs: [floatInput('c', [4]), { name: 'e', type: { kind: 'tensor', elementType: 'int64', shape: [] } }],
      constants: {
        w: constant([1, 1, 1, 1], [1]),
        shape: constant([1], [4n]),
        index: constant([], [0n]),
      },
    });
    const { candidates, skipped, applied } = await apply(model);
    expect(applied.map((each) => each.layer)).toEqual(['conv']);
    expect(reasonOf(candidates.skipped, 'erf')).toEqual({
      id: 'compress.quantize.skipped.operator',
      params: { op: 'Erf' },
    });
    expect(reasonOf(candidates.skipped, 'gather')?.id).toBe('compress.quantize.skipped.not-float');
    expect(reasonOf(skipped, 'reshape')?.id).toBe('compress.quantize.skipped.input-float');
    const told = [...candidates.skipped, ...skipped, ...applied].map((each) => each.layer);
    expect(told.sort()).toEqual(
      layersOf(model)
        .map((each) => each.name)
        .sort(),
    );
  });

  it('stays float when it is excluded', async () => {
    const { model, candidates } = await apply(chain(), ['exclude=conv2']);
    expect(model.graph.initializers.get('w2')?.tensor.elementType).toBe('float32');
    expect(model.graph.initializers.has('w1_q')).toBe(true);
    expect(reasonOf(candidates.skipped, 'conv2')).toEqual({
      id: 'compress.skipped.excluded',
      params: { pattern: 'conv2' },
    });
    const included = await apply(chain(), ['include=conv2']);
    expect(included.model.graph.initializers.get('w1')?.tensor.elementType).toBe('float32');
    expect(reasonOf(included.candidates.skipped, 'conv1')?.id).toBe('compress.skipped.not-included');
  });

  it('keeps its weight exact where a quantized layer reads it too', async () => {
    const model = modelOf({
      nodes: [node('Conv', ['x', 'w'], ['a'], 'conv1'), node('Conv', ['a', 'w'], ['y'], 'conv2')],
      inputs: [floatInput('x', [1, 1, 2, 2])],
      outputs: [floatInput('y', [1, 1, 2, 2])],
      constants: { w: constant([1, 1, 1, 1], [0.3]) },
    });
    const { model: result } = await apply(model, ['exclude=conv2']);
    const [first, second] = result.graph.nodes.filter((each) => each.is('Conv'));
    expect(result.graph.producer(first!.inputs[1]!)?.opType).toBe('DequantizeLinear');
    expect(result.graph.initializers.get(second!.inputs[1]!)?.tensor.elementType).toBe('float32');
    const both = (await apply(model)).model;
    expect(both.graph.nodes.filter((each) => each.is('DequantizeLinear') && each.inputs[0] === 'w_q')).toHaveLength(1);
    expect(both.graph.initializers.has('w')).toBe(false);
  });

  it('is a graph input that is a result as it came', async () => {
    const model = modelOf({
      nodes: [node('Add', ['x', 'c'], ['y'], 'add')],
      inputs: [floatInput('x', [2])],
      outputs: [floatInput('x', [2]), floatInput('y', [2])],
      constants: { c: constant([2], [1, 2]) },
    });
    const { model: result } = await apply(model, ['quantizeUnfused=true']);
    expect(result.graph.nodes.find((each) => each.is('Add'))?.inputs[0]).toBe('x');
  });

  it('is named when a pattern matches nothing', () => {
    expect(() => plan(chain(), ['exclude=conv3'])).toThrow(
      expect.objectContaining({
        code: 'compress.no-such-layer',
        params: expect.objectContaining({ pattern: 'conv3' }),
      }),
    );
  });

  it.each([
    [{ min: NaN, max: NaN }, 'compress.quantize.skipped.no-statistics'],
    [{ min: 0, max: Infinity }, 'compress.quantize.skipped.not-finite'],
    [{ min: -3e38, max: 3e38 }, 'compress.quantize.skipped.not-finite'],
  ])('are layers whose values have no usable range: %j', async (range, reason) => {
    const { model, skipped, applied } = await apply(chain(), [], { y: range });
    expect(skipped).toEqual([{ layer: 'conv2', reason: { id: reason, params: { value: 'y' } } }]);
    expect(applied.map((each) => each.layer)).toEqual(['conv1', 'relu']);
    expect(model.graph.initializers.get('w2')?.tensor.elementType).toBe('float32');
  });

  it('are layers whose weights are not finite', async () => {
    const model = chain();
    model.graph.initializers.set('w1', { name: 'w1', tensor: constant([2, 1, 1, 1], [NaN, 1]) });
    const { skipped } = await apply(model);
    expect(reasonOf(skipped, 'conv1')?.id).toBe('compress.quantize.skipped.not-finite');
  });

  it('is the whole model where nothing can be quantized', async () => {
    const erf = modelOf({
      nodes: [node('Erf', ['x'], ['y'], 'erf')],
      inputs: [floatInput('x', [2])],
      outputs: [floatInput('y', [2])],
      constants: {},
    });
    await expect(apply(erf)).rejects.toMatchObject({ code: 'compress.nothing-chosen' });
    await expect(apply(chain(), ['exclude=*'])).rejects.toMatchObject({ code: 'compress.nothing-chosen' });
    const unmeasured = { min: NaN, max: NaN };
    await expect(apply(chain(), [], { x: unmeasured, b: unmeasured, y: unmeasured })).rejects.toMatchObject({
      code: 'compress.nothing-to-do',
      params: { layer: 'conv1' },
    });
  });

  it('is listed once where it is excluded and its values have no range', async () => {
    const image = (name: string) => floatInput(name, [1, 1, 2, 2]);
    const model = modelOf({
      nodes: [
        node('Conv', ['x', 'w'], ['a'], 'excluded'),
        node('Conv', ['x', 'w'], ['b'], 'unmeasured'),
        node('Conv', ['z', 'w'], ['c'], 'measured'),
      ],
      inputs: [image('x'), image('z')],
      outputs: [image('a'), image('b'), image('c')],
      constants: { w: constant([1, 1, 1, 1], [1]) },
    });
    const settings = ['exclude=excluded'];
    const { applied, skipped, candidates } = await apply(model, settings, { x: { min: NaN, max: NaN } });
    expect(applied.map((each) => each.layer)).toEqual(['measured']);
    expect(skipped.map((each) => each.layer)).toEqual(['unmeasured']);
    expect(candidates.skipped.map((each) => each.layer)).toEqual(['excluded']);
  });
});

describe('dynamic quantization', () => {
  it('makes an integer product of a Gemm, and needs no data', async () => {
    const opened = await openModel(fixturePath('lenet-300-100.onnx'));
    const { model, wanted, applied, sites } = await apply(opened.model, ['scheme=dynamic']);
    expect(wanted).toEqual([]);
    expect(quantize.needsData(parseSettings(quantize, ['scheme=dynamic']))).toBe(false);
    expect(operators({ model } as Applied).filter((each) => each === 'MatMulInteger')).toHaveLength(3);
    expect(operators({ model } as Applied)).not.toContain('Gemm');
    expect(applied.map((each) => each.layer)).toEqual(['/fc1/Gemm', '/fc2/Gemm', '/fc3/Gemm']);
    const names = layersOf(model).map((each) => each.name);
    for (const [, after] of sites) for (const name of after) expect(names).toContain(name);
    await opened.close();
  });

  it('leaves an excluded Gemm a Gemm, and a weight that it shares as it was', async () => {
    const model = modelOf({
      nodes: [
        node('Gemm', ['x', 'w'], ['a'], 'gemm1', { transB: intAttribute(1) }),
        node('Gemm', ['a', 'w'], ['y'], 'gemm2', { transB: intAttribute(1) }),
      ],
      inputs: [floatInput('x', [1, 2])],
      outputs: [floatInput('y', [1, 2])],
      constants: { w: constant([2, 2], [1, 2, 3, 4]) },
    });
    const { model: result } = await apply(model, ['scheme=dynamic', 'exclude=gemm2']);
    expect(operators({ model: result } as Applied)).toContain('Gemm');
    const kept = new Float32Array((await result.graph.initializers.get('w')!.tensor.bytes.read()).buffer);
    expect([...kept]).toEqual([1, 2, 3, 4]);
  });

  it('says that convolutions become slow', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const { notes } = await apply(opened.model, ['scheme=dynamic']);
    expect(notes).toContainEqual({ id: 'compress.quantize.note.dynamic-convolutions', params: { count: 2 } });
    await opened.close();
  });
});

describe('prepare', () => {
  it('takes weights out of Constant nodes and folds BatchNormalization', async () => {
    const opened = await openModel(fixturePath('mobilenet-digits-bn.onnx'));
    const { model, notes } = await quantize.prepare(opened.model, parseSettings(quantize, []), work);
    const left = model.graph.nodes.map((each) => each.opType);
    expect(left).not.toContain('Constant');
    expect(left).not.toContain('BatchNormalization');
    expect(notes).toEqual([{ id: 'compress.quantize.note.folded', params: { count: 20 } }]);
    const kept = await quantize.prepare(opened.model, parseSettings(quantize, ['foldBatchNormalization=false']), work);
    expect(kept.model.graph.nodes.some((each) => each.is('BatchNormalization'))).toBe(true);
    await opened.close();
  });

  it('refuses types that no runtime multiplies, and models that are quantized already', async () => {
    const mixed = parseSettings(quantize, ['activationType=int8', 'weightType=uint8']);
    await expect(quantize.prepare(chain(), mixed, work)).rejects.toMatchObject({
      code: 'compress.quantize.int8-by-uint8',
    });
    for (const scheme of ['scheme=static', 'scheme=dynamic']) {
      const { model } = await apply(chain(), [scheme]);
      const again = quantize.prepare(model, parseSettings(quantize, []), work);
      await expect(again).rejects.toMatchObject({ code: 'compress.quantize.already-quantized' });
    }
  });
});

describe('notes', () => {
  const notesFor = (settings: string[], exactInt8Sums: boolean) =>
    quantize.candidates(chain(), parseSettings(quantize, settings), { exactInt8Sums }).notes.map((note) => note.id);

  it('tell what was chosen because of the processors a model may meet', () => {
    expect(notesFor([], true)).toEqual(['compress.quantize.note.reduced-range']);
    expect(notesFor([], false)).toEqual(['compress.quantize.note.reduced-range']);
    expect(notesFor(['reduceRange=false'], true)).toEqual(['compress.quantize.note.may-saturate-elsewhere']);
    expect(notesFor(['reduceRange=false'], false)).toEqual(['compress.quantize.note.saturates-here']);
    expect(notesFor(['weightType=uint8'], false)).toEqual([]);
    expect(notesFor(['activationType=int8', 'reduceRange=true'], true)).toEqual([
      'compress.quantize.note.int8-activations',
    ]);
  });
});

describe('weights that no scale fits', () => {
  const products = (second: Tensor) =>
    modelOf({
      nodes: [node('MatMul', ['x', 'w1'], ['a'], 'first'), node('MatMul', ['a', 'w2'], ['y'], 'second')],
      inputs: [floatInput('x', [1, 2])],
      outputs: [floatInput('y', [1, second.shape[1]!])],
      constants: { w1: constant([2, 2], [1, -2, 3, 4]), w2: second },
    });

  it.each([NaN, Infinity, -Infinity])('stay as they are, with the reason, in a dynamic form: %d', async (element) => {
    const model = products(constant([2, 2], [1, 2, element, 4]));
    const { model: made, applied, skipped } = await apply(model, ['scheme=dynamic']);
    expect(applied.map(({ layer }) => layer)).toEqual(['first']);
    expect(reasonOf(skipped, 'second')).toEqual({
      id: 'compress.quantize.skipped.not-finite',
      params: { value: 'w2' },
    });
    expect(made.graph.nodes.find(({ name }) => name === 'second')?.opType).toBe('MatMul');
  });

  it.each(['static', 'dynamic'])(
    'are left where they have no elements, however large a side is said to be: %s',
    (scheme) => {
      const model = products(constant([2 ** 40, 0], []));
      const { candidates } = plan(model, [`scheme=${scheme}`]);
      expect(candidates.skipped).toEqual([
        { layer: 'second', reason: { id: 'compress.quantize.skipped.no-elements', params: {} } },
      ]);
    },
  );
});
