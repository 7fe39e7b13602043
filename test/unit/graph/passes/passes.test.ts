import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyModel } from '../../../../src/graph/copy.js';
import type { Graph } from '../../../../src/graph/graph.js';
import { floatAttribute } from '../../../../src/graph/node.js';
import { constantsToInitializers } from '../../../../src/graph/passes/constantsToInitializers.js';
import { foldBatchNormalization } from '../../../../src/graph/passes/foldBatchNormalization.js';
import { runPasses } from '../../../../src/graph/passes/pass.js';
import { removeIdentity } from '../../../../src/graph/passes/removeIdentity.js';
import { upgradeOpset } from '../../../../src/graph/passes/upgradeOpset.js';
import { validate } from '../../../../src/graph/validate.js';
import type { AttributeSource } from '../builders.js';
import { floats, graph, info, initializer, int64s, int8s, model, node } from '../builders.js';
import { largestDifference, outputsOf, wave } from './outputsOf.js';

const listing = (g: Graph) => g.nodes.map(({ opType, inputs, outputs }) => `${outputs} = ${opType}(${inputs})`);

describe('constantsToInitializers', () => {
  it('moves constants of every spelling into the graph they stand in', async () => {
    const branch = graph({
      nodes: [node('Constant', [], ['k'], { value_int: 3 }), node('Relu', ['k'], ['r'])],
      outputs: [info('r')],
    });
    const m = model(
      {
        inputs: [info('c', [], 'bool')],
        outputs: [info('y'), info('out')],
        valueInfos: [info('a', [2])],
        nodes: [
          node('Constant', [], ['a'], { value: floats([2]) }),
          node('Constant', [], ['b'], { value_floats: { kind: 'floats', value: [1, 2] } }),
          node('Constant', [], ['out'], { value: floats([1]) }),
          node('If', ['c'], ['y'], { then_branch: branch, else_branch: graph({ outputs: [info('a')] }) }),
        ],
      },
      17,
      { irVersion: 3 },
    );
    expect(await runPasses(m, constantsToInitializers)).toBe(true);
    expect(listing(m.graph)).toEqual(['out = Constant()', 'y = If(c)']);
    expect([...m.graph.initializers.keys()]).toEqual(['a', 'b']);
    expect([...branch.initializers.values()][0]).toMatchObject({
      name: 'k',
      tensor: { elementType: 'int64', shape: [] },
    });
    expect(m.graph.valueInfos.size).toBe(0);
    expect(m.irVersion).toBe(4);
    expect(await runPasses(m, constantsToInitializers)).toBe(false);
  });

  it('leaves the constants of local functions, which have no initializers', async () => {
    const body = graph({ nodes: [node('Constant', [], ['k'], { value: floats([1]) })], outputs: [info('k')] });
    const entry = { domain: 'own', name: 'F', opsets: new Map(), attributeNames: [], attributeDefaults: new Map() };
    const m = model({ nodes: [node('F', [], ['y'], {}, { domain: 'own' })] }, 17, {
      functions: [{ ...entry, graph: body }],
    });
    expect(await runPasses(m, constantsToInitializers)).toBe(false);
    expect(body.nodes).toHaveLength(1);
  });
});

describe('removeIdentity', () => {
  it('joins the values, keeps the names of outputs, and leaves what joins an input to an output', async () => {
    const branch = graph({
      nodes: [node('Identity', ['b'], ['i']), node('Neg', ['i'], ['n']), node('Identity', ['n'], ['o'])],
      outputs: [info('o')],
    });
    const m = model({
      inputs: [info('x')],
      outputs: [info('y'), info('same'), info('again')],
      nodes: [
        node('Relu', ['x'], ['a']),
        node('Identity', ['a'], ['b']),
        node('Dropout', ['b'], ['d', 'mask']),
        node('If', ['x'], ['z'], { then_branch: branch }),
        node('Add', ['d', 'z'], ['s']),
        node('Identity', ['s'], ['y']),
        node('Identity', ['x'], ['same']),
        node('Identity', ['y'], ['again']),
        node('Neg', ['s'], ['unused']),
      ],
    });
    await runPasses(m, removeIdentity);
    expect(listing(m.graph)).toEqual([
      'a = Relu(x)',
      'z = If(x)',
      'y = Add(a,z)',
      'same = Identity(x)',
      'again = Identity(y)',
      'unused = Neg(y)',
    ]);
    expect(listing(branch)).toEqual(['o = Neg(a)']);
    validate(m);
  });
});

describe('foldBatchNormalization', () => {
  const parameters = (channels: number) => [
    initializer(
      'scale',
      floats(
        [channels],
        Array.from({ length: channels }, (_, i) => 0.5 + i * 0.3),
      ),
    ),
    initializer(
      'shift',
      floats(
        [channels],
        Array.from({ length: channels }, (_, i) => i - 1),
      ),
    ),
    initializer(
      'mean',
      floats(
        [channels],
        Array.from({ length: channels }, (_, i) => i * 0.1),
      ),
    ),
    initializer(
      'variance',
      floats(
        [channels],
        Array.from({ length: channels }, (_, i) => 1 + i * i),
      ),
    ),
  ];
  const normalize = (from: string, to: string) =>
    node('BatchNormalization', [from, 'scale', 'shift', 'mean', 'variance'], [to]);
  const sines = (shape: number[]) =>
    floats(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
    );

  const producers = fc.oneof(
    fc.record({ opType: fc.constant('Conv'), group: fc.constantFrom(1, 2, 4), withBias: fc.boolean() }),
    fc.record({ opType: fc.constant('ConvTranspose'), group: fc.constantFrom(1, 2, 4), withBias: fc.boolean() }),
    fc.record({ opType: fc.constant('Gemm'), group: fc.constantFrom(0, 1), withBias: fc.boolean() }),
  );

  it('computes the same but for rounding', async () => {
    await fc.assert(
      fc.asyncProperty(producers, async ({ opType, group, withBias }) => {
        const channels = 8;
        const isGemm = opType === 'Gemm';
        const weights = isGemm
          ? sines(group ? [channels, 4] : [4, channels])
          : sines(opType === 'Conv' ? [channels, 4 / group, 3, 3] : [4, channels / group, 3, 3]);
        const attributes: Record<string, AttributeSource> = isGemm
          ? { transB: group, alpha: floatAttribute(0.5), beta: floatAttribute(2) }
          : { group, pads: [1, 1, 1, 1] };
        const m = model({
          inputs: [info('x', isGemm ? [3, 4] : [2, 4, 5, 6])],
          outputs: [info('y')],
          initializers: [initializer('w', weights), initializer('b', sines([channels])), ...parameters(channels)],
          nodes: [node(opType, withBias ? ['x', 'w', 'b'] : ['x', 'w'], ['c'], attributes), normalize('c', 'y')],
        });
        const copy = copyModel(m);
        await runPasses(copy, foldBatchNormalization);
        expect(copy.graph.nodes.map((each) => [each.opType, each.outputs])).toEqual([[opType, ['y']]]);
        expect(copy.graph.initializers.size).toBe(2);
        const feeds = () => ({ x: wave(isGemm ? [3, 4] : [2, 4, 5, 6]) });
        const [before, after] = [await outputsOf(m, feeds()), await outputsOf(copy, feeds())];
        expect(largestDifference(before['y']!.data as Float32Array, after['y']!.data as Float32Array)).toBeLessThan(
          1e-5,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('gives each reader of a shared weight its own, and folds twice in a row', async () => {
    const m = model({
      inputs: [info('x', [1, 4, 5, 5])],
      outputs: [info('y1'), info('y2')],
      initializers: [initializer('w', sines([4, 4, 1, 1])), ...parameters(4)],
      nodes: [
        node('Conv', ['x', 'w'], ['c1']),
        normalize('c1', 'n1'),
        normalize('n1', 'y1'),
        node('Conv', ['x', 'w'], ['c2']),
        node('Relu', ['c2'], ['y2']),
      ],
    });
    const copy = copyModel(m);
    await runPasses(copy, foldBatchNormalization);
    expect(listing(copy.graph)).toEqual(['y1 = Conv(x,w_1,w_bias)', 'c2 = Conv(x,w)', 'y2 = Relu(c2)']);
    const [before, after] = [
      await outputsOf(m, { x: wave([1, 4, 5, 5]) }),
      await outputsOf(copy, { x: wave([1, 4, 5, 5]) }),
    ];
    for (const name of ['y1', 'y2']) {
      const pair = [before[name]!.data, after[name]!.data] as [Float32Array, Float32Array];
      expect(largestDifference(...pair)).toBeLessThan(1e-5);
    }
  });

  it('keeps it where another node reads the product, where weights are computed or quantized, and in training', async () => {
    const variants = [
      [node('Conv', ['x', 'w'], ['c']), normalize('c', 'y'), node('Relu', ['c'], ['z'])],
      [node('Relu', ['v'], ['w2']), node('Conv', ['x', 'w2'], ['c']), normalize('c', 'y')],
      [node('DequantizeLinear', ['q', 's'], ['w3']), node('Conv', ['x', 'w3'], ['c']), normalize('c', 'y')],
      [
        node('Conv', ['x', 'w'], ['c']),
        node('BatchNormalization', ['c', 'scale', 'shift', 'mean', 'variance'], ['y', 'm', 'v'], { training_mode: 1 }),
      ],
      [node('Relu', ['x'], ['c']), normalize('c', 'y')],
    ];
    for (const nodes of variants) {
      const m = model({
        inputs: [info('x', [1, 4, 5, 5]), info('v', [4, 4, 1, 1])],
        outputs: [info('y')],
        initializers: [
          initializer('w', sines([4, 4, 1, 1])),
          initializer('q', int8s([4, 4, 1, 1])),
          initializer('s', floats([])),
          ...parameters(4),
        ],
        nodes,
      });
      expect(await runPasses(m, foldBatchNormalization)).toBe(false);
      expect(m.graph.nodes).toHaveLength(nodes.length);
    }
  });
});

describe('upgradeOpset', () => {
  const single = (opset: number, ...nodes: ReturnType<typeof node>[]) =>
    model(
      {
        inputs: [info('x', [2, 3, 4, 6])],
        outputs: [info('y')],
        initializers: [
          initializer('scales', floats([4], [1, 1, 2, 1.5])),
          initializer('i', int64s([0, 1, 0], [1, 3, 1, 1])),
        ],
        nodes,
      },
      opset,
    );
  const twos = { kind: 'floats', value: [1, 1, 2, 2] } as const;

  it.each([
    [
      'Squeeze',
      single(9, node('Unsqueeze', ['x'], ['u'], { axes: [0, 5] }), node('Squeeze', ['u'], ['y'], { axes: [0] })),
    ],
    ['Slice', single(9, node('Slice', ['x'], ['y'], { starts: [1, 0], ends: [2, -1], axes: [1, 3] }))],
    ['Clip', single(9, node('Clip', ['x'], ['y'], { min: floatAttribute(-0.5), max: floatAttribute(0.25) }))],
    ['Clip without bounds', single(9, node('Clip', ['x'], ['y'], { max: floatAttribute(0.25) }))],
    ['Pad', single(9, node('Pad', ['x'], ['y'], { pads: [0, 1, 0, 0, 0, 0, 2, 1], value: floatAttribute(0.5) }))],
    ['Split', single(9, node('Split', ['x'], ['y', 'z'], { axis: 3, split: [2, 4] }))],
    ['Split in equal parts', single(11, node('Split', ['x'], ['y', 'z'], { axis: 3 }))],
    ['ReduceSum', single(11, node('ReduceSum', ['x'], ['y'], { axes: [1, -1], keepdims: 0 }))],
    ['ReduceMean', single(11, node('ReduceMean', ['x'], ['y'], { axes: [2, 3] }))],
    ['TopK', single(9, node('TopK', ['x'], ['y', 'i2'], { k: 3 }))],
    ['Dropout', single(9, node('Dropout', ['x'], ['y'], { ratio: floatAttribute(0.3) }))],
    ['Upsample-7', single(8, node('Upsample', ['x'], ['y'], { scales: twos }))],
    ['Upsample-9', single(9, node('Upsample', ['x', 'scales'], ['y'], { mode: 'nearest' }))],
    ['Upsample-9 linear', single(9, node('Upsample', ['x', 'scales'], ['y'], { mode: 'linear' }))],
    ['Resize-10', single(10, node('Resize', ['x', 'scales'], ['y'], { mode: 'nearest' }))],
    ['Resize-10 linear', single(10, node('Resize', ['x', 'scales'], ['y'], { mode: 'linear' }))],
    ['Softmax', single(9, node('Softmax', ['x'], ['y'], { axis: 3 }))],
    ['Scatter', single(9, node('Scatter', ['x', 'i', 'x2'], ['y'], { axis: 1 }), node('Relu', ['scales'], ['unused']))],
  ])('carries %s to every later form with the same result', async (_, written) => {
    const m = copyModel(written);
    if (m.graph.nodes[0]!.opType === 'Scatter') m.graph.initializers.set('x2', initializer('x2', floats([1, 3, 1, 1])));
    const before = await outputsOf(m, { x: wave([2, 3, 4, 6]) });
    for (const target of [11, 13, 18, 21]) {
      const copy = copyModel(m);
      await runPasses(copy, upgradeOpset(target));
      expect(await outputsOf(copy, { x: wave([2, 3, 4, 6]) })).toEqual(before);
    }
  });

  it('says which node cannot be carried over, and leaves the model as it was', async () => {
    const m = single(
      9,
      node('Unsqueeze', ['x'], ['u'], { axes: [0] }),
      node('Softmax', ['u'], ['y'], { axis: 1 }, { name: 'soft' }),
    );
    await expect(runPasses(m, upgradeOpset(13))).rejects.toThrow(
      'The model cannot be raised from opset 9 to 13: soft is a Softmax, whose meaning changed at opset 13.',
    );
    expect(m.graph.nodes[0]!.inputs).toEqual(['x']);
    expect(m.opsets.get('')).toBe(9);
    await expect(runPasses(single(6), upgradeOpset(13))).rejects.toThrow(/from 7 up to 25/);
    expect(await runPasses(single(17), upgradeOpset(13))).toBe(false);
  });

  it('rewrites subgraphs and raises the IR version with the opset', async () => {
    const branch = graph({ nodes: [node('Squeeze', ['x'], ['s'], { axes: [0] })], outputs: [info('s')] });
    const m = single(9, node('If', ['c'], ['y'], { then_branch: branch, else_branch: branch }));
    m.irVersion = 4;
    await runPasses(m, upgradeOpset(21));
    expect(branch.nodes[0]!.inputs).toEqual(['x', 'Squeeze_s_axes'.replace('Squeeze_', '')]);
    expect(branch.initializers.get('s_axes')!.tensor.shape).toEqual([1]);
    expect(m.irVersion).toBe(10);
  });
});
