/** Where onnxruntime's quantizer is wrong: `compat=onnxruntime` does as it does, the default what is right. */
import { describe, expect, it } from 'vitest';
import type { Range } from '../../../../src/compress/method.js';
import { preferredChoices } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import { Graph } from '../../../../src/graph/graph.js';
import type { Model, ValueInfo } from '../../../../src/graph/model.js';
import type { Node } from '../../../../src/graph/node.js';
import { floatAttribute, intAttribute } from '../../../../src/graph/node.js';
import { validate } from '../../../../src/graph/validate.js';
import { readNumbers } from '../../../../src/tensor/numbers.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { constant, floatInput, modelOf, node } from './smallModels.js';

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
type Ranges = Readonly<Record<string, Range>>;

async function quantized(original: Model, settings: readonly string[], ranges: Ranges) {
  const options = parseSettings(quantize, settings);
  const { model } = await quantize.prepare(original, options, work);
  const choices = preferredChoices(quantize.candidates(model, options, work.target));
  const wanted = quantize.statistics(model, choices, options).ranges;
  const statistics = { ranges: new Map(wanted.map((value) => [value, ranges[value] ?? { min: -1, max: 3 }])) };
  return quantize.apply({ model, choices, statistics, options, ...work });
}

/** The default, which must be a valid model, and the reference. */
async function both(make: () => Model, settings: readonly string[] = [], ranges: Ranges = {}) {
  const { model: ours } = await quantized(make(), settings, ranges);
  validate(ours);
  const { model: theirs } = await quantized(make(), [...settings, 'compat=onnxruntime'], ranges);
  return { ours, theirs };
}

const operators = ({ graph }: Model) => graph.nodes.map(({ opType }) => opType);
const nodeOf = ({ graph }: Model, opType: string) => graph.nodes.find((each) => each.opType === opType)!;
const tensorOf = ({ graph }: Model, name: string) => graph.initializers.get(name)?.tensor;
const numbersOf = async (tensor: Tensor | undefined) => Array.from(await readNumbers(tensor!), Number);
/** The numbers of the constant that a node reads. */
const read = (model: Model, reader: Node, index: number) => numbersOf(tensorOf(model, reader.inputs[index]!));

/** The real numbers that stand for a constant behind its DequantizeLinear, with one scale, or one for each number. */
async function dequantized(model: Model, value: string): Promise<number[]> {
  const dequantizer = model.graph.producer(value)!;
  const [codes, scales, zeros] = await Promise.all(
    [0, 1, 2].map((index) => {
      const tensor = tensorOf(model, dequantizer.inputs[index] ?? '');
      return tensor ? numbersOf(tensor) : [0];
    }),
  );
  return codes!.map((code, i) => (code - (zeros![i] ?? zeros![0]!)) * (scales![i] ?? scales![0]!));
}

/** One operator from x to y. */
function single(
  operator: Node,
  constants: Readonly<Record<string, Tensor>>,
  shapes: readonly [readonly number[], readonly number[]],
): Model {
  return modelOf({
    nodes: [operator],
    inputs: [floatInput('x', shapes[0])],
    outputs: [floatInput('y', shapes[1])],
    constants,
  });
}

const square = [
  [1, 2],
  [1, 2],
] as const;
const eye = () => constant([2, 2], [1, 0.5, -1, 0.25]);

describe('in QDQ format', () => {
  it('a stack of matrices, or one on the left, has a scale along axis 1 there and one here', async () => {
    const shape = [2, 2, 2];
    const stack = () =>
      single(node('MatMul', ['x', 'w'], ['y'], 'product'), { w: constant(shape, [1, 2, 3, 4, 5, 6, 7, 8]) }, [
        shape,
        shape,
      ]);
    const left = () =>
      single(node('MatMul', ['w', 'x'], ['y'], 'product'), { w: eye() }, [
        [2, 2],
        [2, 2],
      ]);
    for (const make of [stack, left]) {
      const { ours, theirs } = await both(make, ['perChannel=true']);
      expect(tensorOf(ours, 'w_scale')?.shape).toEqual([]);
      expect(tensorOf(theirs, 'w_scale')?.shape).toEqual([2]);
    }
  });

  it('a symmetric unsigned range of zero alone has its zero point at 0 there, in the middle here', async () => {
    const make = () => single(node('MatMul', ['x', 'w'], ['y'], 'product'), { w: eye() }, square);
    const { ours, theirs } = await both(make, ['symmetricActivations=true'], { x: { min: 0, max: 0 } });
    expect(await read(ours, nodeOf(ours, 'QuantizeLinear'), 2)).toEqual([128]);
    expect(await read(theirs, nodeOf(theirs, 'QuantizeLinear'), 2)).toEqual([0]);
  });

  const gemm =
    (attributes: Readonly<Record<string, number>>, shape: readonly number[] = [2]) =>
    () =>
      single(
        node(
          'Gemm',
          ['x', 'w', 'c'],
          ['y'],
          'gemm',
          Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, floatAttribute(value)])),
        ),
        { w: eye(), c: constant(shape, shape.length > 0 ? [0.5, -0.5] : [0.5]) },
        square,
      );

  it('beta is lost there, and goes into the bias here', async () => {
    const { ours, theirs } = await both(gemm({ beta: 0.5 }));
    for (const model of [ours, theirs]) expect(nodeOf(model, 'Gemm').float('beta', 1)).toBe(1);
    const [mine, reference] = await Promise.all(
      [ours, theirs].map((model) => dequantized(model, nodeOf(model, 'Gemm').inputs[2]!)),
    );
    expect(mine![0]).toBeCloseTo(0.25, 2);
    expect(reference![0]).toBeCloseTo(0.5, 2);
  });

  it('a bias beside an alpha is an integer of another scale there, and stays float here', async () => {
    const { ours, theirs } = await both(gemm({ alpha: 2 }));
    expect(tensorOf(ours, 'c')?.elementType).toBe('float32');
    expect(tensorOf(theirs, 'c')).toBeUndefined();
    const broadcast = await both(gemm({}, []), ['perChannel=false']);
    expect(tensorOf(broadcast.ours, 'c')?.elementType).toBe('float32');
    expect(tensorOf(broadcast.theirs, 'c')).toBeUndefined();
  });

  it('a bias beyond 32 bits is cut off there where weights are unsigned, and fits here', async () => {
    const make = () =>
      single(
        node('Gemm', ['x', 'w', 'c'], ['y'], 'gemm'),
        { w: constant([2, 2], [1e-9, 2e-9, 1e-9, 1e-9]), c: constant([2], [100, 50]) },
        square,
      );
    const { ours, theirs } = await both(make, ['weightType=uint8', 'perChannel=false']);
    const [mine, reference] = await Promise.all(
      [ours, theirs].map((model) => dequantized(model, nodeOf(model, 'Gemm').inputs[2]!)),
    );
    expect(mine![0]).toBeCloseTo(100, 3);
    expect(reference![0]).toBeLessThan(1);
  });

  const convolution = (activation: Node, extra: Readonly<Record<string, Tensor>> = {}) =>
    modelOf({
      nodes: [node('Conv', ['x', 'w'], ['a'], 'conv'), activation],
      inputs: [floatInput('x', [1, 1, 2, 2])],
      outputs: [floatInput('y', [1, 1, 2, 2])],
      constants: { w: constant([1, 1, 1, 1], [2]), ...extra },
    });

  it('a Clip whose bounds do not surround zero is removed there and kept here', async () => {
    const bounds = { low: constant([], [1]), high: constant([], [2]) };
    const { ours, theirs } = await both(() => convolution(node('Clip', ['a', 'low', 'high'], ['y'], 'clip'), bounds));
    expect(operators(ours)).toContain('Clip');
    expect(operators(theirs)).not.toContain('Clip');
  });

  it.each(['a', 'y'])('a Relu is removed there though a subgraph reads %s, and kept here', async (value) => {
    const make = () => {
      const model = convolution(node('Relu', ['a'], ['y'], 'relu'));
      const branch = (name: string): Graph =>
        new Graph({ name, nodes: [node('Neg', [value], [name], name)], outputs: [{ name }] });
      const branches = {
        then_branch: { kind: 'graph', value: branch('t') },
        else_branch: { kind: 'graph', value: branch('e') },
      } as const;
      model.graph.add(node('If', ['which'], ['z'], 'choice', branches));
      const which: ValueInfo = { name: 'which', type: { kind: 'tensor', elementType: 'bool', shape: [] } };
      model.graph.inputs.push(which);
      model.graph.outputs.push(floatInput('z', [1, 1, 2, 2]));
      model.graph.boundaryChanged();
      return model;
    };
    const { ours, theirs } = await both(make);
    expect(operators(ours)).toContain('Relu');
    expect(operators(theirs)).not.toContain('Relu');
  });

  it('a name that is taken collides there, and is left to its owner here', async () => {
    const make = () => {
      const model = single(
        node('MatMul', ['x', 'w'], ['m'], 'product'),
        { w: eye(), w_scale: constant([2], [5, 7]) },
        square,
      );
      model.graph.add(node('Div', ['m', 'w_scale'], ['y'], 'divided'));
      return model;
    };
    const { ours, theirs } = await both(make, ['quantizeUnfused=true']);
    const scale = (model: Model) => nodeOf(model, 'Div').inputs[1];
    const own = ({ graph }: Model) =>
      graph.nodes.find((each) => each.is('DequantizeLinear') && each.inputs[0]?.startsWith('w_q'))!.inputs[1];
    expect(await numbersOf(tensorOf(ours, scale(ours)!))).toEqual([5, 7]);
    expect(own(ours)).not.toBe(scale(ours));
    expect(own(theirs)).toBe(scale(theirs));
  });

  it('a weight that an excluded layer reads too is replaced for both there', async () => {
    const make = () =>
      modelOf({
        nodes: [node('MatMul', ['x', 'w'], ['a'], 'first'), node('MatMul', ['a', 'w'], ['y'], 'second')],
        inputs: [floatInput('x', [1, 2])],
        outputs: [floatInput('y', [1, 2])],
        constants: { w: eye() },
      });
    const { ours, theirs } = await both(make, ['exclude=second']);
    const last = (model: Model) => model.graph.nodes.filter((each) => each.is('MatMul')).at(-1)!;
    expect(tensorOf(ours, last(ours).inputs[1]!)?.elementType).toBe('float32');
    expect(theirs.graph.producer(last(theirs).inputs[1]!)?.opType).toBe('DequantizeLinear');
  });

  it('reduceRange reduces constants of arithmetic there, and weights alone here', async () => {
    const make = () => single(node('Add', ['x', 'c'], ['y'], 'sum'), { c: constant([2], [0, 2.55]) }, square);
    const { ours, theirs } = await both(make, ['reduceRange=true', 'quantizeUnfused=true']);
    const greatest = async (model: Model) => {
      const dequantizer = model.graph.producer(nodeOf(model, 'Add').inputs[1]!)!;
      return Math.max(...(await read(model, dequantizer, 0)));
    };
    expect(await greatest(ours)).toBe(255);
    expect(await greatest(theirs)).toBe(127);
  });

  it('a grouped ConvTranspose with a bias fails there, and has one scale here', async () => {
    const make = () =>
      single(
        node('ConvTranspose', ['x', 'w', 'b'], ['y'], 'up', { group: intAttribute(2) }),
        { w: constant([2, 1, 1, 1], [1, 2]), b: constant([2], [1, 1]) },
        [
          [1, 2, 2, 2],
          [1, 2, 2, 2],
        ],
      );
    const { model: ours } = await quantized(make(), ['perChannel=true', 'quantizeUnfused=true'], {});
    expect(tensorOf(ours, 'w_scale')?.shape).toEqual([]);
  });

  it('a value without a finite range leaves its layers in float32, with the reason', async () => {
    const make = () =>
      modelOf({
        nodes: [node('MatMul', ['x', 'w'], ['a'], 'first'), node('MatMul', ['a', 'w'], ['y'], 'second')],
        inputs: [floatInput('x', [1, 2])],
        outputs: [floatInput('y', [1, 2])],
        constants: { w: eye() },
      });
    const { skipped } = await quantized(make(), [], { y: { min: 0, max: Infinity } });
    expect(skipped).toEqual([
      { layer: 'second', reason: { id: 'compress.quantize.skipped.not-finite', params: { value: 'y' } } },
    ]);
  });

  it('names and zero points are fewer here', async () => {
    const { ours, theirs } = await both(gemm({}));
    expect(ours.graph.initializers.size).toBeLessThan(theirs.graph.initializers.size);
    const bias = (model: Model) => model.graph.producer(nodeOf(model, 'Gemm').inputs[2]!)!;
    expect([bias(ours).inputs.length, bias(theirs).inputs.length]).toEqual([2, 3]);
  });
});

describe('in QOperator format', () => {
  const format = 'format=qoperator';

  it('a Relu goes wherever its grid ends there, and becomes a Clip of integers here', async () => {
    const make = () =>
      modelOf({
        nodes: [
          node('MatMul', ['x', 'w'], ['a'], 'product'),
          node('Add', ['a', 'c'], ['b'], 'sum'),
          node('Relu', ['b'], ['y'], 'relu'),
          node('MatMul', ['b', 'w'], ['z'], 'other'),
        ],
        inputs: [floatInput('x', [1, 2])],
        outputs: [floatInput('y', [1, 2]), floatInput('z', [1, 2])],
        constants: { w: eye(), c: constant([2], [1, -1]) },
      });
    const { ours, theirs } = await both(make, [format]);
    expect(operators(ours)).toContain('Clip');
    expect(operators(theirs)).not.toContain('Clip');
    expect(operators(theirs)).not.toContain('Relu');
  });

  it('alpha is forgotten and beta divides there; here both are in the bias', async () => {
    const make = () =>
      single(
        node('Gemm', ['x', 'w', 'c'], ['y'], 'gemm', { alpha: floatAttribute(2), beta: floatAttribute(0.5) }),
        { w: eye(), c: constant([2], [0.5, -0.5]) },
        square,
      );
    const { ours, theirs } = await both(make, [format, 'perChannel=false']);
    const sum = async (model: Model) => {
      const quantizedGemm = nodeOf(model, 'QGemm');
      const [x, w, bias] = await Promise.all([1, 4, 6].map((index) => read(model, quantizedGemm, index)));
      return bias![0]! * x![0]! * w![0]! * quantizedGemm.float('alpha', 1);
    };
    expect(await sum(ours)).toBeCloseTo(0.25, 2);
    expect(Math.abs((await sum(theirs)) - 0.25)).toBeGreaterThan(0.1);
  });

  it('a Softmax before operator set 13 has axis -1 there, and axis 1 here', async () => {
    const make = () => {
      const model = single(node('Softmax', ['x'], ['y'], 'softmax'), {}, [
        [1, 2, 2],
        [1, 2, 2],
      ]);
      model.opsets.set('', 12);
      return model;
    };
    const { ours, theirs } = await both(make, [
      format,
      'upgradeOpset=false',
      'perChannel=false',
      'quantizeUnfused=true',
    ]);
    expect(nodeOf(ours, 'QLinearSoftmax').int('axis', -1)).toBe(1);
    expect(nodeOf(theirs, 'QLinearSoftmax').attributes.has('axis')).toBe(false);
  });

  it('a bias that two layers share has the scale of the first there, and a copy for each here', async () => {
    const make = () =>
      modelOf({
        nodes: [node('Conv', ['x', 'w1', 'b'], ['a'], 'first'), node('Conv', ['a', 'w2', 'b'], ['y'], 'second')],
        inputs: [floatInput('x', [1, 1, 2, 2])],
        outputs: [floatInput('y', [1, 1, 2, 2])],
        constants: { w1: constant([1, 1, 1, 1], [2]), w2: constant([1, 1, 1, 1], [0.01]), b: constant([1], [0.5]) },
      });
    const biases = ({ graph }: Model) =>
      new Set(graph.nodes.filter((each) => each.is('QLinearConv')).map(({ inputs }) => inputs[8]));
    const { ours, theirs } = await both(make, [format]);
    expect([biases(ours).size, biases(theirs).size]).toEqual([2, 1]);
  });

  it('unsigned weights per channel are asymmetric, of convolutions int8 there; symmetric and unsigned here', async () => {
    const settings = [format, 'weightType=uint8', 'perChannel=true'];
    const product = () =>
      single(node('MatMul', ['x', 'w'], ['y'], 'product'), { w: constant([2, 2], [1, 2, 3, -4]) }, square);
    const matrices = await both(product, settings);
    const zeros = (model: Model) => read(model, nodeOf(model, 'QLinearMatMul'), 5);
    expect(new Set(await zeros(matrices.ours))).toEqual(new Set([128]));
    expect(new Set(await zeros(matrices.theirs)).size).toBe(2);
    const convolution = () =>
      single(node('Conv', ['x', 'w'], ['y'], 'conv'), { w: constant([1, 1, 1, 1], [2]) }, [
        [1, 1, 2, 2],
        [1, 1, 2, 2],
      ]);
    const images = await both(convolution, settings);
    const type = (model: Model) => tensorOf(model, nodeOf(model, 'QLinearConv').inputs[3]!)?.elementType;
    expect([type(images.ours), type(images.theirs)]).toEqual(['uint8', 'int8']);
  });

  it('a Pad with a number outside of the grid is cut off there, and stays in float32 here', async () => {
    const make = () =>
      modelOf({
        nodes: [node('MatMul', ['x', 'w'], ['a'], 'product'), node('Pad', ['a', 'pads', 'far'], ['y'], 'pad')],
        inputs: [floatInput('x', [1, 2])],
        outputs: [floatInput('y', [1, 3])],
        constants: { w: eye(), pads: constant([4], [0n, 0n, 0n, 1n]), far: constant([], [-100]) },
      });
    const { ours, theirs } = await both(make, [format]);
    const isInteger = (model: Model) => {
      const source = model.graph.producer(nodeOf(model, 'Pad').inputs[0]!);
      return source?.opType === 'QLinearMatMul';
    };
    expect([isInteger(ours), isInteger(theirs)]).toEqual([false, true]);
  });

  it('a Where reads numbers that are not made there, and becomes QLinearWhere here', async () => {
    const make = () => {
      const model = modelOf({
        nodes: [node('MatMul', ['x', 'w'], ['a'], 'product'), node('Where', ['mask', 'a', 'x'], ['y'], 'where')],
        inputs: [floatInput('x', [1, 2])],
        outputs: [floatInput('y', [1, 2])],
        constants: { w: eye() },
      });
      model.graph.inputs.push({ name: 'mask', type: { kind: 'tensor', elementType: 'bool', shape: [1, 2] } });
      model.graph.boundaryChanged();
      return model;
    };
    expect(operators((await quantized(make(), [format], {})).model)).toContain('QLinearWhere');
    await expect(quantized(make(), [format, 'compat=onnxruntime'], {})).rejects.toMatchObject({
      code: 'compress.quantize.reference-fails',
      params: { layer: 'where' },
    });
  });
});

describe('dynamic', () => {
  const scheme = 'scheme=dynamic';
  const shared = () =>
    modelOf({
      nodes: [
        node('Gemm', ['x', 'w'], ['a'], 'gemm', { transB: intAttribute(1) }),
        node('Mul', ['a', 'w'], ['y'], 'mul'),
      ],
      inputs: [floatInput('x', [2, 2])],
      outputs: [floatInput('y', [2, 2])],
      constants: { w: constant([2, 2], [1, 2, 3, 4]) },
    });

  it('a transposed weight with other readers is transposed for them, too, there, and copied here', async () => {
    const { ours, theirs } = await both(shared, [scheme, 'perChannel=false']);
    const factor = ({ graph }: Model) => graph.nodes.find(({ name }) => name === 'mul')!;
    expect(await read(ours, factor(ours), 1)).toEqual([1, 2, 3, 4]);
    const turned = await dequantized(theirs, factor(theirs).inputs[1]!);
    expect(turned.map(Math.round)).toEqual([1, 3, 2, 4]);
  });

  it('an excluded Gemm is a product all the same there, and stays a Gemm here', async () => {
    const make = () =>
      modelOf({
        nodes: [node('Gemm', ['x', 'w'], ['a'], 'gemm'), node('MatMul', ['a', 'w'], ['y'], 'product')],
        inputs: [floatInput('x', [2, 2])],
        outputs: [floatInput('y', [2, 2])],
        constants: { w: constant([2, 2], [1, 2, 3, 4]) },
      });
    const { ours, theirs } = await both(make, [scheme, 'exclude=gemm']);
    expect(operators(ours)).toContain('Gemm');
    expect(operators(theirs)).not.toContain('Gemm');
    expect(operators(theirs).filter((each) => each === 'MatMulInteger')).toHaveLength(2);
  });
});
