import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphInit } from '../../../src/graph/graph.js';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import type { InferenceOptions } from '../../../src/graph/inferShapes.js';
import type { Dimension } from '../../../src/graph/model.js';
import { english } from '../../../src/messages/catalog.js';
import { evaluateDimension } from './evaluateDimension.js';
import { floats, graph, info, initializer, int64s, int8s, model, node } from './builders.js';

function shapes(init: GraphInit, names: string[], options?: InferenceOptions) {
  const m = model(init);
  const inference = inferShapes(m, options);
  return names.map((name) => inference.shapeOf(m.graph, name));
}

describe('symbols', () => {
  it("keep the batch through PyTorch's way to flatten: Shape, Gather, Unsqueeze, Concat, Reshape", () => {
    const init = {
      inputs: [info('x', ['batch', 16, 12, 12])],
      initializers: [
        initializer('zero', int64s([0], [])),
        initializer('axes', int64s([0])),
        initializer('rest', int64s([-1])),
      ],
      nodes: [
        node('Shape', ['x'], ['s']),
        node('Gather', ['s', 'zero'], ['b']),
        node('Unsqueeze', ['b', 'axes'], ['u']),
        node('Concat', ['u', 'rest'], ['target'], { axis: 0 }),
        node('Reshape', ['x', 'target'], ['y']),
      ],
    };
    expect(shapes(init, ['y'])).toEqual([['batch', 2304]]);
    expect(shapes(init, ['y'], { symbols: new Map([['batch', 4]]) })).toEqual([[4, 2304]]);
    const wider = { inputShapes: new Map([['x', ['n', 16, 6, 6] as Dimension[]]]) };
    expect(shapes(init, ['y'], wider)).toEqual([['n', 576]]);
  });

  it('cancel in a Reshape by a product of sizes, and carry through arithmetic', () => {
    const init = {
      inputs: [info('x', ['N', 8, 'H', 'W'])],
      initializers: [
        initializer('starts', int64s([2])),
        initializer('ends', int64s([4])),
        initializer('keepdims', int64s([0])),
        initializer('half', int64s([2])),
      ],
      nodes: [
        node('Shape', ['x'], ['s']),
        node('Slice', ['s', 'starts', 'ends'], ['hw']),
        node('ReduceProd', ['hw'], ['area'], { axes: [0], keepdims: 1 }),
        node('Concat', ['keepdims', 'area', 'minus'], ['target'], { axis: 0 }),
        node('Constant', [], ['minus'], { value: int64s([-1]) }),
        node('Reshape', ['x', 'target'], ['y']),
        node('Div', ['hw', 'half'], ['halved']),
        node('Concat', ['keepdims2', 'halved'], ['sizes'], { axis: 0 }),
        node('Constant', [], ['keepdims2'], { value: int64s([1, 8]) }),
        node('Resize', ['x', '', '', 'sizes'], ['z']),
      ],
    };
    expect(shapes(init, ['y', 'z'])).toEqual([
      ['N', 'H*W', 8],
      [1, 8, 'floor(H/2)', 'floor(W/2)'],
    ]);
  });

  it("see through Expand's guard: Where(Equal(shape, -1), 1, shape)", () => {
    const init = {
      inputs: [info('x', ['N', 3]), info('one', [1, 1])],
      initializers: [initializer('minus', int64s([-1])), initializer('ones', int64s([1, 1]))],
      nodes: [
        node('Shape', ['x'], ['s']),
        node('Equal', ['s', 'minus'], ['q']),
        node('Where', ['q', 'ones', 's'], ['target']),
        node('Expand', ['one', 'target'], ['y']),
      ],
    };
    expect(shapes(init, ['y'])).toEqual([['N', 3]]);
  });

  it('keep unnamed sizes equal to themselves, and unknown to others', () => {
    const init = {
      inputs: [info('x', [undefined, 4])],
      initializers: [initializer('target', int64s([-1, 2, 2]))],
      nodes: [
        node('Reshape', ['x', 'target'], ['r']),
        node('Add', ['r', 'r'], ['a']),
        node('MatMul', ['a', 'a'], ['m']),
      ],
    };
    expect(shapes(init, ['m'])).toEqual([[undefined, 2, 2]]);
  });

  it('take what the file declares where nothing better is known, unless the caller says otherwise', () => {
    const init = {
      inputs: [info('x', ['N', 4])],
      valueInfos: [info('y', ['N', 7])],
      nodes: [node('Odd', ['x'], ['y'], {}, { domain: 'custom' }), node('Relu', ['y'], ['z'])],
    };
    expect(shapes(init, ['z'])).toEqual([['N', 7]]);
    expect(shapes(init, ['z'], { inputShapes: new Map([['x', [3, 4]]]) })).toEqual([[3, 7]]);
    expect(shapes(init, ['z'], { inputShapes: new Map([['x', [3, 5]]]) })).toEqual([[3, undefined]]);
  });
});

describe('what cannot be inferred', () => {
  it('is listed with the operator and the reason, and the rest goes on', () => {
    const m = model({
      inputs: [info('x', ['N', 4]), info('w', [5, 6]), info('target', [3], 'int64')],
      initializers: [initializer('axis', int64s([1]))],
      nodes: [
        node('Odd', ['x'], ['o'], {}, { domain: 'custom' }),
        node('Relu', ['o'], ['r']),
        node('MatMul', ['x', 'w'], ['m']),
        node('NonZero', ['x'], ['nz']),
        node('Transpose', ['nz'], ['t']),
        node('Reshape', ['x', 'target'], ['y']),
        node('Squeeze', ['x', 'target'], ['s']),
        node('Softmax', ['x'], ['fine']),
      ],
    });
    const inference = inferShapes(m);
    expect(inference.unresolved.map(({ node: { opType }, reason }) => [opType, english(reason)])).toEqual([
      ['Odd', 'Tare has no shape rule for Odd.'],
      ['Relu', 'The shape of o is not known.'],
      ['MatMul', 'The shapes [N, 4] and [5, 6] do not fit together.'],
      ['NonZero', 'Some sizes depend on data that is computed at run time.'],
      ['Reshape', 'Some sizes depend on data that is computed at run time.'],
      ['Squeeze', 'The shape depends on the contents of target, which are computed at run time.'],
    ]);
    expect(inference.shapeOf(m.graph, 't')).toEqual([undefined, 2]);
    expect(inference.elementTypeOf(m.graph, 's')).toBe('float32');
    expect(inference.shapeOf(m.graph, 'y')).toEqual([undefined, undefined, undefined]);
    expect(inference.shapeOf(m.graph, 'fine')).toEqual(['N', 4]);
  });

  it('never throws, whatever the inputs and attributes of a known operator', () => {
    const vectors = readFileSync(new URL('../../conformance/shapes/operators.json', import.meta.url), 'utf8');
    const { cases } = JSON.parse(vectors) as { cases: { op: string; domain: string }[] };
    const control = ['If', 'Loop', 'Scan', 'Unique', 'NonZero', 'Compress', 'Col2Im'].map((op) => ({ op, domain: '' }));
    const operators = fc.constantFrom(...cases, ...control);
    const dimension = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom('N', undefined));
    const given = fc.record({
      shape: fc.option(fc.array(dimension, { maxLength: 5 }), { nil: undefined }),
      values: fc.option(fc.array(fc.integer({ min: -3, max: 6 }), { maxLength: 5 }), { nil: undefined }),
    });
    const attributeNames = fc.constantFrom(
      ...[
        'axis',
        'axes',
        'perm',
        'pads',
        'strides',
        'kernel_shape',
        'split',
        'starts',
        'ends',
        'group',
        'blocksize',
        'to',
      ],
      ...[
        'num_outputs',
        'batch_dims',
        'output_shape',
        'num_scan_inputs',
        'scan_input_axes',
        'equation',
        'auto_pad',
        'layout',
      ],
    );
    const value = fc.oneof(
      fc.integer({ min: -3, max: 5 }),
      fc.array(fc.integer({ min: -3, max: 5 }), { maxLength: 4 }),
      fc.constantFrom('ij,jk->ik', 'SAME_UPPER', '...'),
    );
    const attributes = fc.dictionary(attributeNames, value, { maxKeys: 4 });
    fc.assert(
      fc.property(
        operators,
        fc.array(given, { maxLength: 4 }),
        attributes,
        fc.integer({ min: 7, max: 23 }),
        ({ op, domain }, inputs, given, opset) => {
          const names = inputs.map((_, i) => `i${i}`);
          const body = graph({ inputs: [info('p')], outputs: [info('q')], nodes: [node('Relu', ['i0'], ['q'])] });
          const m = model(
            {
              inputs: inputs.flatMap(({ shape, values }, i) => (values ? [] : [info(`i${i}`, shape)])),
              initializers: inputs.flatMap(({ values }, i) => (values ? [initializer(`i${i}`, int64s(values))] : [])),
              nodes: [
                node(op, names, ['y', 'z'], { ...given, then_branch: body, else_branch: body, body }, { domain }),
              ],
            },
            opset,
          );
          const inference = inferShapes(m);
          for (const name of ['y', 'z']) {
            for (const size of inference.shapeOf(m.graph, name) ?? []) {
              expect(['number', 'string', 'undefined']).toContain(typeof size);
              if (typeof size === 'number') expect(size).not.toBeNaN();
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('arithmetic of shapes against plain evaluation', () => {
  it('of convolution: as many places as the window has', () => {
    const setting = fc.record({
      size: fc.integer({ min: 1, max: 30 }),
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 4 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      before: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(setting, ({ size, kernel, stride, dilation, before, after }) => {
        let places = 0;
        const last = (start: number) => start + (kernel - 1) * dilation;
        for (let start = -before; last(start) < size + after; start += stride) places++;
        fc.pre(places > 0);
        const attributes = { strides: [stride], dilations: [dilation], pads: [before, after] };
        const init = (length: Dimension) => ({
          inputs: [info('x', [1, 2, length])],
          initializers: [initializer('w', floats([3, 2, kernel]))],
          nodes: [node('Conv', ['x', 'w'], ['y'], attributes)],
        });
        expect(shapes(init(size), ['y'])).toEqual([[1, 3, places]]);
        const [symbolic] = shapes(init('L'), ['y']);
        expect(evaluateDimension(symbolic![2], new Map([['L', size]]))).toBe(places);
      }),
    );
  });

  it('of broadcasting: the shape that comes of laying two tensors over each other', () => {
    const axis = fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(fc.constantFrom(1, n), fc.constantFrom(1, n)));
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 5 }), fc.nat(5), fc.nat(5), (axes, cutA, cutB) => {
        const [a, b] = [axes.map(([x]) => x).slice(cutA), axes.map(([, y]) => y).slice(cutB)];
        const rank = Math.max(a.length, b.length);
        const expected = Array.from({ length: rank }, (_, i) =>
          Math.max(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1),
        );
        const init = { inputs: [info('a', a), info('b', b)], nodes: [node('Mul', ['a', 'b'], ['y'])] };
        expect(shapes(init, ['y'])).toEqual([expected]);
      }),
    );
  });

  it('of Reshape: the elements stay as many, 0 copies and -1 completes', () => {
    const splits = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(splits, fc.nat(4), fc.boolean(), fc.boolean(), (target, at, complete, copy) => {
        const open = at % target.length;
        const total = target.reduce((x, y) => x * y, 1);
        const input = copy && open !== 0 ? [target[0]!, total / target[0]!] : [total];
        const written = target.map((size, i) =>
          complete && i === open ? -1 : copy && i === 0 && open !== 0 ? 0 : size,
        );
        const init = {
          inputs: [info('x', input)],
          initializers: [initializer('t', int64s(written))],
          nodes: [node('Reshape', ['x', 't'], ['y'])],
        };
        expect(shapes(init, ['y'])).toEqual([target]);
      }),
    );
  });

  it('of folded elements: Slice, Gather, Concat and Transpose of small constants', () => {
    const list = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 8 });
    const bounds = fc.tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 }));
    fc.assert(
      fc.property(list, bounds, fc.constantFrom(1, 2, 3), fc.nat(), (values, [start, end], step, pick) => {
        const sliced = values.slice(start, end).filter((_, i) => i % step === 0);
        const index = pick % values.length;
        const m = model({
          initializers: [
            initializer('v', int64s(values)),
            ...Object.entries({ start, end, step, index }).map(([name, n]) => initializer(name, int64s([n]))),
            initializer('zero', int64s([0])),
          ],
          nodes: [
            node('Slice', ['v', 'start', 'end', 'zero', 'step'], ['sliced']),
            node('Gather', ['v', 'index'], ['picked']),
            node('Concat', ['picked', 'v'], ['joined'], { axis: 0 }),
          ],
        });
        const inference = inferShapes(m);
        if (sliced.length > 0) expect(inference.elementsOf(m.graph, 'sliced')).toEqual(sliced);
        expect(inference.shapeOf(m.graph, 'sliced')).toEqual([sliced.length]);
        expect(inference.elementsOf(m.graph, 'joined')).toEqual([values[index], ...values]);
      }),
    );
    const matrix = model({
      initializers: [initializer('m', int64s([1, 2, 3, 4, 5, 6], [2, 3]))],
      nodes: [node('Transpose', ['m'], ['t'])],
    });
    expect(inferShapes(matrix).elementsOf(matrix.graph, 't')).toEqual([1, 4, 2, 5, 3, 6]);
  });
});

describe('control flow', () => {
  const branch = (shape: number[]) =>
    graph({
      nodes: [node('Constant', [], ['k'], { value: floats(shape) }), node('Mul', ['x', 'k'], ['r'])],
      outputs: [info('r')],
    });
  const choice = (condition: string, shape: number[]) =>
    node('If', [condition], ['y'], { then_branch: branch([4]), else_branch: branch(shape) });

  it('knows of an If what both branches agree on, and of one whose condition is constant all', () => {
    const inputs = [info('x', ['N', 4]), info('c', [], 'bool')];
    expect(shapes({ inputs, nodes: [choice('c', [1])] }, ['y'])).toEqual([['N', 4]]);
    expect(shapes({ inputs, nodes: [choice('c', [3, 1, 4])] }, ['y'])).toEqual([undefined]);
    const decided = [
      node('Shape', ['x'], ['s']),
      node('Size', ['s'], ['rank']),
      node('Constant', [], ['two'], { value: int64s([2], []) }),
      node('Equal', ['rank', 'two'], ['c2']),
      choice('c2', [3, 1, 4]),
    ];
    expect(shapes({ inputs, nodes: decided }, ['y'])).toEqual([['N', 4]]);
  });

  it('widens what a Loop carries until it holds for every round', () => {
    const body = graph({
      inputs: [info('i', [], 'int64'), info('go', [], 'bool'), info('grows'), info('stays')],
      nodes: [
        node('Identity', ['go'], ['go2']),
        node('Concat', ['grows', 'x'], ['grows2'], { axis: 0 }),
        node('Relu', ['stays'], ['stays2']),
        node('Neg', ['stays2'], ['scan']),
      ],
      outputs: [info('go2'), info('grows2'), info('stays2'), info('scan')],
    });
    const init = {
      inputs: [info('x', [1, 5]), info('start', [2, 5]), info('s', ['N', 3])],
      initializers: [initializer('trips', int64s([7], []))],
      nodes: [node('Loop', ['trips', '', 'start', 's'], ['a', 'b', 'c'], { body })],
    };
    const m = model(init);
    const inference = inferShapes(m);
    expect(['a', 'b', 'c'].map((name) => inference.shapeOf(m.graph, name))).toEqual([
      [undefined, 5],
      ['N', 3],
      [7, 'N', 3],
    ]);
    expect(inference.shapeOf(body, 'grows2')).toEqual([undefined, 5]);
    expect(inference.shapeOf(body, 'x')).toEqual([1, 5]);
  });

  it('gives a Scan its sequence axis back', () => {
    const body = graph({
      inputs: [info('state'), info('element')],
      nodes: [node('Add', ['state', 'element'], ['next']), node('Relu', ['next'], ['out'])],
      outputs: [info('next'), info('out')],
    });
    const init = {
      inputs: [info('initial', ['N', 3]), info('sequence', ['N', 'T', 3])],
      nodes: [
        node('Scan', ['initial', 'sequence'], ['final', 'all'], {
          body,
          num_scan_inputs: 1,
          scan_input_axes: [1],
          scan_output_axes: [-1],
        }),
      ],
    };
    expect(shapes(init, ['final', 'all'])).toEqual([
      ['N', 3],
      ['N', 3, 'T'],
    ]);
  });

  it('infers the body of a local function by its calls, attributes and all', () => {
    const body = graph({
      inputs: [info('a'), info('b')].map(({ name }) => ({ name })),
      outputs: [{ name: 'r' }],
      nodes: [
        node('Concat', ['a', 'b'], ['j'], { axis: { kind: 'reference', value: 'along' } }),
        node('Transpose', ['j'], ['r'], { perm: { kind: 'reference', value: 'order' } }),
      ],
    });
    const entry = {
      ...{ domain: 'own', name: 'Join', opsets: new Map([['', 17]]), attributeNames: ['along'] },
      attributeDefaults: new Map([['order', { kind: 'ints', value: [1n, 0n] } as const]]),
      graph: body,
    };
    const m = model(
      {
        inputs: [info('x', [2, 3]), info('y', [2, 4])],
        nodes: [
          node('Join', ['x', 'y'], ['p'], { along: 1 }, { domain: 'own' }),
          node('Join', ['x', 'x'], ['q'], { along: 0 }, { domain: 'own' }),
        ],
      },
      17,
      { functions: [entry] },
    );
    const inference = inferShapes(m);
    expect(inference.shapeOf(m.graph, 'p')).toEqual([7, 2]);
    expect(inference.shapeOf(m.graph, 'q')).toEqual([3, 4]);
    expect(inference.shapeOf(body, 'a')).toEqual([2, 3]);
    expect(inference.shapeOf(body, 'b')).toEqual([2, undefined]);
  });

  it('ends on functions that call themselves', () => {
    const body = graph({
      inputs: [{ name: 'a' }],
      outputs: [{ name: 'r' }],
      nodes: [node('F', ['a'], ['r'], {}, { domain: 'own' })],
    });
    const entry = { domain: 'own', name: 'F', opsets: new Map(), attributeNames: [], attributeDefaults: new Map() };
    const m = model({ inputs: [info('x', [2])], nodes: [node('F', ['x'], ['y'], {}, { domain: 'own' })] }, 17, {
      functions: [{ ...entry, graph: body }],
    });
    expect(inferShapes(m).unresolved.map(({ reason }) => reason.id)).toContain('graph.unresolved.recursion');
  });
});

describe('shapes made to exhaust', () => {
  it('are given up: huge ranks, elements and expressions', () => {
    const letters = Array.from({ length: 3000 }, (_, i) => `s${i}`);
    const wide = Array.from({ length: 8 }, (_, i) => `c${i}`);
    const m = model({
      inputs: [
        info('x', ['N', 4]),
        info('rank', [1_000_000_000], 'int64'),
        ...letters.map((name) => info(name, [name, 2])),
        ...wide.map((name, i) =>
          info(
            name,
            Array.from({ length: 6 }, (_, axis) => `${'pqrstuvw'[i]}${axis}`),
          ),
        ),
      ],
      initializers: [initializer('large', int64s([100_000, 100_000])), initializer('one', int64s([1], [1, 1]))],
      nodes: [
        node('Reshape', ['x', 'rank'], ['y']),
        node('Expand', ['one', 'large'], ['e']),
        node('Add', ['e', 'one'], ['a']),
        node('ConstantOfShape', ['large'], ['k']),
        node('Concat', letters, ['joined'], { axis: 0 }),
        ...Array.from({ length: 6 }, (_, axis) => {
          const before = axis === 0 ? 'c0' : `w${axis - 1}`;
          return node('Concat', [before, ...wide.slice(1)], [`w${axis}`], { axis });
        }),
        node('Size', ['w5'], ['size']),
        node('Flatten', ['w5'], ['f'], { axis: 6 }),
      ],
    });
    const inference = inferShapes(m);
    expect(inference.shapeOf(m.graph, 'y')).toBeUndefined();
    expect(inference.shapeOf(m.graph, 'a')).toEqual([100_000, 100_000]);
    expect(inference.shapeOf(m.graph, 'joined')).toEqual([undefined, 2]);
    expect(inference.shapeOf(m.graph, 'w5')?.[5]).toBe('p5 + q5 + r5 + s5 + t5 + u5 + v5 + w5');
    expect(inference.shapeOf(m.graph, 'f')).toEqual([undefined, 1]);
  });
});

describe('a chain of 8,000 nodes', () => {
  it('is inferred to its end', () => {
    const nodes = Array.from({ length: 8000 }, (_, i) =>
      node(i % 2 ? 'Relu' : 'Add', i % 2 ? [`v${i}`] : [`v${i}`, 'k'], [`v${i + 1}`]),
    );
    const init = {
      inputs: [info('v0', ['N', 4])],
      initializers: [initializer('k', floats([4]))],
      nodes: nodes.reverse(),
    };
    expect(shapes(init, ['v8000'])).toEqual([['N', 4]]);
  });
});

describe('multiply-accumulates', () => {
  const macs = (init: GraphInit) => inferShapes(model(init)).totalMacs;

  it('of convolutions count each output, kernel place and input channel of the group', () => {
    const conv = (group: number) => ({
      inputs: [info('x', [1, 8, 10, 10])],
      initializers: [initializer('w', floats([16, 8 / group, 3, 3]))],
      nodes: [node('Conv', ['x', 'w'], ['y'], { group, strides: [2, 2], pads: [1, 1, 1, 1] })],
    });
    expect(macs(conv(1))).toBe(16 * 5 * 5 * 8 * 9);
    expect(macs(conv(8))).toBe(16 * 5 * 5 * 9);
    const transposed = {
      inputs: [info('x', [1, 8, 5, 5])],
      initializers: [initializer('w', floats([8, 4, 2, 2]))],
      nodes: [node('ConvTranspose', ['x', 'w'], ['y'], { strides: [2, 2] })],
    };
    expect(macs(transposed)).toBe(5 * 5 * 8 * 4 * 4);
  });

  it('of products, batched, transposed and quantized', () => {
    const inputs = [
      info('a', [2, 3, 4]),
      info('b', [2, 4, 5]),
      info('g', [4, 3]),
      info('h', [5, 4]),
      info('q', [3, 4], 'uint8'),
    ];
    const initializers = [initializer('w', int8s([4, 5]))];
    expect(macs({ inputs, nodes: [node('MatMul', ['a', 'b'], ['y'])] })).toBe(2 * 3 * 4 * 5);
    expect(macs({ inputs, nodes: [node('Gemm', ['g', 'h'], ['y'], { transA: 1, transB: 1 })] })).toBe(3 * 4 * 5);
    expect(macs({ inputs, nodes: [node('Einsum', ['a', 'b'], ['y'], { equation: 'bij,bjk->bik' })] })).toBe(120);
    expect(macs({ inputs, initializers, nodes: [node('MatMulInteger', ['q', 'w'], ['y'])] })).toBe(60);
  });

  it('of recurrent cells and attention', () => {
    const inputs = [
      info('x', [7, 2, 5]),
      info('w', [2, 24, 5]),
      info('r', [2, 24, 6]),
      ...['q', 'k', 'v'].map((n) => info(n, [1, 4, 9, 8])),
    ];
    const lstm = node('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: 6, direction: 'bidirectional' });
    expect(macs({ inputs, nodes: [lstm] })).toBe(7 * 2 * 2 * 4 * 6 * (5 + 6));
    expect(macs({ inputs, nodes: [node('Attention', ['q', 'k', 'v'], ['y'])] })).toBe(4 * 9 * 9 * (8 + 8));
  });

  it('of control flow: the costlier branch, every round, and nothing where rounds are not known', () => {
    const product = (w: string) => graph({ nodes: [node('MatMul', ['x', w], ['m'])], outputs: [info('m')] });
    const inputs = [info('x', [1, 4]), info('c', [], 'bool'), info('n', [], 'int64')];
    const initializers = [
      initializer('small', floats([4, 2])),
      initializer('large', floats([4, 8])),
      initializer('five', int64s([5], [])),
    ];
    const choice = node('If', ['c'], ['y'], { then_branch: product('small'), else_branch: product('large') });
    expect(macs({ inputs, initializers, nodes: [choice] })).toBe(32);
    const body = () => {
      const nodes = [node('Identity', ['go'], ['go2']), node('MatMul', ['x', 'large'], ['m'])];
      return graph({
        inputs: [info('i', [], 'int64'), info('go', [], 'bool')],
        nodes,
        outputs: [info('go2'), info('m')],
      });
    };
    expect(macs({ inputs, initializers, nodes: [node('Loop', ['five', ''], ['y'], { body: body() })] })).toBe(160);
    expect(macs({ inputs, initializers, nodes: [node('Loop', ['n', ''], ['y'], { body: body() })] })).toBeNull();
  });

  it('are null for operators nobody knows and for sizes that stay symbolic', () => {
    const inputs = [info('x', ['N', 4])];
    const initializers = [initializer('w', floats([4, 2]))];
    const m = model({ inputs, initializers, nodes: [node('MatMul', ['x', 'w'], ['y'])] });
    expect(inferShapes(m).totalMacs).toBeNull();
    expect(inferShapes(m, { symbols: new Map([['N', 1]]) }).totalMacs).toBe(8);
    expect(macs({ inputs, nodes: [node('Odd', ['x'], ['y'], {}, { domain: 'custom' })] })).toBeNull();
    expect(macs({ inputs, nodes: [node('Relu', ['x'], ['y'])] })).toBe(0);
  });
});
