import protobuf from 'protobufjs/light';
import { describe, expect, it } from 'vitest';
import type { GraphInit } from '../../../../src/graph/graph.js';
import { layersOf } from '../../../../src/graph/layers.js';
import { findingsBeforeMeasuring } from '../../../../src/inspect/findings/findings.js';
import { targetFindings } from '../../../../src/inspect/findings/targetFindings.js';
import type { Target } from '../../../../src/inspect/findings/targets.js';
import { targets } from '../../../../src/inspect/findings/targets.js';
import type { Finding } from '../../../../src/inspect/inspection.js';
import { modelShapes } from '../../../../src/inspect/modelShapes.js';
import schema from '../../../../src/onnx/onnx.schema.json';
import { readModel } from '../../../../src/onnx/readModel.js';
import { english } from '../../../../src/messages/catalog.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { floats, graph, info, initializer, model, node } from '../../graph/builders.js';
import { findingsOf, spread, texts } from './findingsOf.js';

const ModelProto = protobuf.Root.fromJSON(schema as protobuf.INamespace).lookupType('onnx.ModelProto');

const channelVector = (name: string) => initializer(name, floats([8], new Array<number>(8).fill(1)));

/** Conv (without a bias) -> BatchNormalization -> Relu, and a second BatchNormalization that reads the Relu. */
const normalized: GraphInit = {
  nodes: [
    node('Conv', ['x', 'w'], ['h'], {}, { name: 'conv' }),
    node('BatchNormalization', ['h', 'scale', 'shift', 'mean', 'variance'], ['n'], {}, { name: 'norm' }),
    node('Relu', ['n'], ['r'], {}, { name: 'relu' }),
    node('BatchNormalization', ['r', 'scale', 'shift', 'mean', 'variance'], ['y'], {}, { name: 'late' }),
  ],
  inputs: [info('x', ['batch', 3, 9, 9])],
  outputs: [info('y')],
  initializers: [
    initializer('w', floats([8, 3, 3, 3], spread(216))),
    ...['scale', 'shift', 'mean', 'variance'].map(channelVector),
  ],
};

describe('findings on the graph', () => {
  it('names normalizations that can be folded, and what the layer saves beyond its new bias', () => {
    const found = findingsBeforeMeasuring(layersOf(model(graph(normalized))));
    const [folding] = found.filter(({ kind }) => kind === 'batch-normalization');
    expect(texts([folding!])).toEqual([
      'batch-normalization: BatchNormalization that can be folded into the layer before it: 1 of 2. Folding saves 96 B and as many nodes, and changes no result.',
    ]);
    expect(folding).toMatchObject({
      layer: 'norm',
      savedBytes: 96,
      mend: { method: 'quantize', options: { foldBatchNormalization: true } },
    });
  });
});

describe('findings on how weights are stored', () => {
  it('names typed fields and what raw_data would save', () => {
    const initializer = [
      { name: 'a', dataType: 1, dims: [100], floatData: spread(100) },
      { name: 'b', dataType: 10, dims: [200], int32Data: new Array<number>(200).fill(0xbc00) },
      { name: 'c', dataType: 1, dims: [100], rawData: new Uint8Array(400).fill(1) },
      { name: 'd', dataType: 1, dims: [1], floatData: [1] },
    ];
    const reader = { opType: 'Sum', name: 'sum', input: ['x', 'a', 'b', 'c', 'd'], output: ['y'] };
    const bytes = ModelProto.encode({
      irVersion: 8,
      opsetImport: [{ version: 17 }],
      graph: { name: 'test', node: [reader], initializer, input: [{ name: 'x' }], output: [{ name: 'y' }] },
    } as object as protobuf.Message).finish();
    const opened = readModel(bytes);
    const found = findingsBeforeMeasuring(layersOf(opened)).filter(({ kind }) => kind === 'typed-fields');
    expect(texts(found)).toEqual([
      'typed-fields: Stored number by number (float_data, int32_data): 2 of 3 weights. As raw_data they would take 200 B less, and could be read where they lie.',
    ]);
    expect(found[0]!.savedBytes).toBe(200);
  });
});

describe('channels whose ranges differ', () => {
  const scales = [1, 0.5, 0.01, 0.5];
  const unequal = floats(
    [4, 3, 3, 3],
    spread(108).map((value, i) => value * scales[Math.floor(i / 27)]!),
  );
  const after = (...nodes: GraphInit['nodes'] & object): GraphInit => ({
    nodes: [node('Conv', ['x', 'w'], ['h'], {}, { name: 'conv' }), ...nodes],
    inputs: [info('x', ['batch', 3, 9, 9])],
    outputs: [info('y')],
    initializers: [initializer('w', unequal), initializer('v', floats([5, 4, 1, 1], spread(20)))],
  });
  const ofConv = async (init: GraphInit): Promise<Finding> =>
    (await findingsOf(init)).find(({ kind }) => kind === 'channel-ranges')!;

  it('asks for a scale a channel', async () => {
    const found = await ofConv(after(node('Softmax', ['h'], ['y'], {}, { name: 'softmax' })));
    expect(english(found.message)).toMatch(/one scale a channel keeps what one scale for all would lose\.$/);
    expect(found.mend).toEqual({ method: 'quantize', options: { perChannel: true } });
    expect(found.shows).toEqual({ page: 'layers', layer: 'conv', weight: 'w', tab: 'channels' });
  });

  it('says where equalization across layers would do it', async () => {
    const found = await ofConv(
      after(node('Relu', ['h'], ['r'], {}, { name: 'relu' }), node('Conv', ['r', 'v'], ['y'], {}, { name: 'next' })),
    );
    expect(english(found.message)).toMatch(/made equal without any, as only Relu stands between them and next\.$/);
    expect(found.mend).toEqual({ method: 'quantize', options: { perChannel: true, equalize: true } });
    const direct = await ofConv(after(node('Conv', ['h', 'v'], ['y'], {}, { name: 'next' })));
    expect(english(direct.message)).toMatch(/made equal without any, as next reads them directly\.$/);
  });

  it('does not where something else reads the activation, or a scale does not pass', async () => {
    const elsewhere = await ofConv(
      after(
        node('Relu', ['h'], ['r'], {}, { name: 'relu' }),
        node('Conv', ['r', 'v'], ['y'], {}, { name: 'next' }),
        node('Sigmoid', ['h'], ['z'], {}, { name: 'other' }),
      ),
    );
    const bounded = await ofConv(
      after(
        node('Sigmoid', ['h'], ['r'], {}, { name: 'sigmoid' }),
        node('Conv', ['r', 'v'], ['y'], {}, { name: 'next' }),
      ),
    );
    for (const { message } of [elsewhere, bounded]) expect(message.id).toBe('inspect.finding.channel-ranges');
  });
});

describe('findings on a target', () => {
  const target = (name: string): Target => targets.find((each) => each.name === name)!;
  const on = (name: string, init: GraphInit, opset = 17, w?: Tensor): string[] => {
    const of = model(graph(w ? { ...init, initializers: [initializer('w', w)] } : init), opset);
    const layers = layersOf(of);
    return targetFindings({ model: of, layers, shapes: modelShapes(of).shapes }, target(name)).map(({ message }) =>
      english(message),
    );
  };

  it('names operators without an 8-bit kernel, the commonest first', () => {
    const init: GraphInit = {
      nodes: [
        node('Relu', ['x'], ['a'], {}, { name: 'lone' }),
        node('Sub', ['a', 'a'], ['b'], {}, { name: 's1' }),
        node('Sub', ['b', 'a'], ['c'], {}, { name: 's2' }),
        node('Add', ['c', 'a'], ['d'], {}, { name: 'add' }),
        node('Relu', ['d'], ['e'], {}, { name: 'absorbed' }),
        node('Shape', ['e'], ['f'], {}, { name: 'shape' }),
        node('Sub', ['f', 'f'], ['g'], {}, { name: 'of integers' }),
        node('MaxPool', ['e'], ['y'], { kernel_shape: [2, 2] }, { name: 'pool' }),
      ],
      inputs: [info('x', ['batch', 3, 9, 9])],
      outputs: [info('y')],
    };
    expect(on('onnxruntime-cpu-int8', init)).toEqual([
      'Sub has no 8-bit form on onnxruntime 1.30 on the CPU: 2 layers would run in float32, with conversions around them.',
      'Relu has no 8-bit form on onnxruntime 1.30 on the CPU: lone would run in float32, with conversions around it.',
    ]);
    expect(on('onnxruntime-cpu', init)).toEqual([]);
  });

  it('says nothing of what the quantizer folds away', () => {
    expect(on('onnxruntime-cpu-int8', normalized)).toEqual([
      'BatchNormalization has no 8-bit form on onnxruntime 1.30 on the CPU: late would run in float32, with conversions around it.',
    ]);
  });

  it('names operators and versions that the target does not know', () => {
    const init: GraphInit = {
      nodes: [
        node('Add', ['x', 'x'], ['a'], {}, { name: 'add' }),
        node('Wavelet', ['a'], ['b'], {}, { name: 'w1', domain: 'org.example' }),
        node('Wavelet', ['b'], ['y'], {}, { name: 'w2', domain: 'org.example' }),
      ],
      inputs: [info('x', ['batch'])],
      outputs: [info('y')],
    };
    expect(on('onnxruntime-cpu', init, 99)).toEqual([
      'The model asks for opset 99; onnxruntime 1.30 on the CPU goes up to 26: the model does not run there.',
      'onnxruntime 1.30 on the CPU knows no operator Wavelet of org.example (w1): the model does not run there.',
    ]);
  });
});
