import { describe, expect, it } from 'vitest';
import { layerBytes, layerParameters, layersOf, parametersOf } from '../../../src/graph/layers.js';
import { floats, graph, info, initializer, int64s, int8s, model, node } from './builders.js';

const weightsByLayer = (layers: ReturnType<typeof layersOf>) =>
  Object.fromEntries(layers.map((layer) => [layer.name, layer.weights.map(({ name, input }) => [input, name])]));

describe('layersOf', () => {
  it('names layers by node, else by operator and output, and numbers repeats', () => {
    const layers = layersOf(
      model({
        nodes: [
          node('Relu', ['x'], ['a'], {}, { name: 'act' }),
          node('Relu', ['a'], ['b'], {}, { name: 'act' }),
          node('Relu', ['b'], ['c']),
          node('Relu', ['c'], ['d'], {}, { name: 'act#2' }),
        ],
      }),
    );
    expect(layers.map(({ name }) => name)).toEqual(['act', 'act#2', 'Relu_c', 'act#2#2']);
  });

  it('lists subgraphs after their node and local functions last', () => {
    const inner = graph({ nodes: [node('Relu', ['x'], ['r'], {}, { name: 'r' })], outputs: [info('r')] });
    const nested = graph({
      nodes: [node('If', ['c'], ['y'], { then_branch: inner, else_branch: graph({ outputs: [info('x')] }) })],
    });
    const layers = layersOf(
      model(
        {
          nodes: [
            node('If', ['c'], ['y'], { then_branch: nested, else_branch: graph({}) }, { name: 'outer' }),
            node('Neg', ['y'], ['z'], {}, { name: 'after' }),
          ],
        },
        17,
        {
          functions: [
            {
              domain: 'own',
              name: 'Gelu',
              opsets: new Map([['', 17]]),
              attributeNames: [],
              attributeDefaults: new Map(),
              graph: graph({ inputs: [info('x')], nodes: [node('Erf', ['x'], ['e'], {}, { name: 'erf' })] }),
            },
          ],
        },
      ),
    );
    expect(layers.map(({ name }) => name)).toEqual([
      'outer',
      'outer/then_branch/If_y',
      'outer/then_branch/If_y/then_branch/r',
      'after',
      'Gelu/erf',
    ]);
  });

  it("gives a Constant's tensor to the nodes that read it, through Identity and from inside subgraphs", () => {
    const branch = graph({ nodes: [node('MatMul', ['x', 'same'], ['m'], {}, { name: 'm' })] });
    const m = model({
      inputs: [info('x')],
      initializers: [initializer('bias', floats([4]))],
      nodes: [
        node('Constant', [], ['w'], { value: floats([4, 4]) }),
        node('Identity', ['w'], ['same'], {}, { name: 'id' }),
        node('Gemm', ['x', 'same', 'bias'], ['g'], {}, { name: 'gemm' }),
        node('If', ['c'], ['y'], { then_branch: branch }, { name: 'if' }),
      ],
    });
    const layers = layersOf(m);
    expect(weightsByLayer(layers)).toEqual({
      id: [],
      gemm: [
        [1, 'w'],
        [2, 'bias'],
      ],
      if: [],
      'if/then_branch/m': [[1, 'w']],
    });
    expect(layers.map(layerParameters)).toEqual([0, 20, 0, 16]);
    expect(parametersOf(layers)).toBe(20);
    expect(layers[1]!.weights[0]).toMatchObject({ storage: 'constant', channelAxis: 1 });
  });

  it('does not take a value of a subgraph for the outer constant that it shadows', () => {
    const branch = graph({ inputs: [info('w')], nodes: [node('Relu', ['w'], ['y'], {}, { name: 'relu' })] });
    const layers = layersOf(
      model({ initializers: [initializer('w', floats([3]))], nodes: [node('Scan', ['s'], ['y'], { body: branch })] }),
    );
    expect(layers.at(-1)!.weights).toEqual([]);
  });

  it('reads a weight behind DequantizeLinear as the quantized storage of its reader', () => {
    const m = model({
      inputs: [info('x')],
      initializers: [
        initializer('w_q', int8s([8, 4])),
        initializer('w_s', floats([4])),
        initializer('w_z', int8s([4])),
        initializer('s', floats([])),
      ],
      nodes: [
        node('DequantizeLinear', ['w_q', 'w_s', 'w_z'], ['w'], { axis: -1 }, { name: 'dq' }),
        node('DequantizeLinear', ['x_q', 's'], ['xr'], {}, { name: 'dqx' }),
        node('MatMul', ['xr', 'w'], ['y'], {}, { name: 'mm' }),
      ],
    });
    const layers = layersOf(m);
    expect(weightsByLayer(layers)).toEqual({ dq: [], dqx: [[1, 's']], mm: [[1, 'w_q']] });
    const weight = layers[2]!.weights[0]!;
    expect(weight).toMatchObject({ storage: 'quantized', isParameter: true, elements: 32, channelAxis: 1 });
    expect(weight.quantization!.axis).toBe(1);
    expect(weight.quantization!.blockSize).toBeUndefined();
    expect(weight.quantization!.scale!.shape).toEqual([4]);
    expect(layerParameters(layers[1]!)).toBe(0);
    expect(layerBytes(layers[2]!)).toBe(32 + 16 + 4);
  });

  it('finds the block size of a blocked weight', () => {
    const m = model({
      initializers: [initializer('q', int8s([8, 4])), initializer('s', floats([2, 4]))],
      nodes: [
        node('DequantizeLinear', ['q', 's'], ['w'], { axis: 0, block_size: 4 }),
        node('MatMul', ['x', 'w'], ['y']),
      ],
    });
    expect(layersOf(m)[1]!.weights[0]!.quantization).toMatchObject({ axis: 0, blockSize: 4 });
  });

  it('counts weights, not shapes, indices, bounds and lone numbers of formulas', () => {
    const m = model({
      initializers: [
        initializer('table', floats([10, 4])),
        initializer('ids', int64s([1, 2])),
        initializer('shape', int64s([-1, 8])),
        initializer('half', floats([])),
        initializer('six', floats([])),
        initializer('slope', floats([1])),
        initializer('position', floats([1, 8])),
      ],
      nodes: [
        node('Gather', ['table', 'ids'], ['g']),
        node('Reshape', ['g', 'shape'], ['r']),
        node('Mul', ['r', 'half'], ['m']),
        node('Clip', ['m', '', 'six'], ['c']),
        node('PRelu', ['c', 'slope'], ['p']),
        node('Add', ['p', 'position'], ['a']),
      ],
    });
    expect(layersOf(m).map(layerParameters)).toEqual([40, 0, 0, 0, 1, 8]);
  });

  it('unpacks the count of 4-bit weights and finds the scales of integer operators', () => {
    const packed = int8s([16, 2, 16]);
    const m = model({
      initializers: [
        initializer('b', { ...packed, elementType: 'uint8' }),
        initializer('s', floats([32])),
        initializer('wq', int8s([4, 8])),
        initializer('wz', int8s([8])),
      ],
      nodes: [
        node(
          'MatMulNBits',
          ['x', 'b', 's'],
          ['y'],
          { K: 64, N: 16, bits: 4, block_size: 32 },
          { domain: 'com.microsoft' },
        ),
        node('MatMulInteger', ['y', 'wq', '', 'wz'], ['z']),
      ],
    });
    const [nbits, integer] = layersOf(m);
    expect(nbits!.weights.map(({ isParameter, elements }) => [isParameter, elements])).toEqual([
      [true, 1024],
      [false, 32],
    ]);
    expect(nbits!.weights[0]).toMatchObject({ storage: 'quantized', bytes: 512, shape: [16, 64] });
    expect(integer!.weights[0]).toMatchObject({ storage: 'quantized', quantization: { axis: 1, scale: undefined } });
  });
});
