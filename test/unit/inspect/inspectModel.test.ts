import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { layersOf } from '../../../src/graph/layers.js';
import type { Model } from '../../../src/graph/model.js';
import { inspection, inspectStructure } from '../../../src/inspect/inspectModel.js';
import { toContractJson } from '../../../src/messages/contractJson.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { elementTypes } from '../../../src/tensor/elementType.js';
import { tensorOf } from '../../../src/tensor/tensor.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';
import { floats, info, int64s, int8s, model, node } from '../graph/builders.js';

const folder = mkdtempSync(join(tmpdir(), 'tare-inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inMemory = (of: Model) => ({ model: of, byteLength: 1000 });
const withStatistics = { statistics: true };

/** Parameters as numpy counts them in the files (test/conformance/statistics/generate.py), and layers. */
const files = [
  { path: samplePath('lenet-5.onnx'), parameters: 431_080, macs: 2_293_000 },
  { path: fixturePath('lenet-300-100.onnx'), parameters: 266_610, macs: 266_200 },
  { path: fixturePath('mobilenet-digits.onnx'), parameters: 42_882, macs: 1_409_272 },
  { path: fixturePath('mobilenet-digits-unbalanced.onnx'), parameters: 42_882, macs: 1_409_272 },
  { path: fixturePath('mobilenet-digits-bn.onnx'), parameters: 44_170 + 2 * 1288, macs: 1_409_272 },
  { path: fixturePath('resnet-digits.onnx'), parameters: 77_418, macs: 9_345_920 },
  { path: fixturePath('vit-digits.onnx'), parameters: 154_954, macs: 2_508_416 },
];
const realModels = [
  ocrPath('ch_PP-OCRv4_det_infer.onnx'),
  ocrPath('ch_PP-OCRv4_rec_infer.onnx'),
  ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx'),
  vadPath('silero_vad_legacy.onnx'),
  vadPath('silero_vad_v5.onnx'),
];

describe('the inspection of a sample', () => {
  it.each(files)('counts its parameters and multiplications: $path', async ({ path, parameters, macs }) => {
    const opened = await openModel(path);
    const { model: card, layers } = await inspection(opened, { statistics: false });
    expect(card).toMatchObject({ parameters, macs, bytes: readFileSync(path).byteLength });
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
    expect(layers.reduce((sum, layer) => sum + (layer.macs ?? NaN), 0)).toBe(macs);
    expect(card.inputs).toEqual([{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }]);
    expect(card.outputs).toEqual([{ name: 'logits', dtype: 'float32', shape: ['batch', 10] }]);
    await opened.close();
  });

  it('has the fields that scripts rely on', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const json = toContractJson(await inspection(opened, withStatistics)) as unknown as {
      model: Record<string, unknown>;
      layers: { weights: { name: string; histogram: { counts: number[] } }[]; name: string }[];
      findings: { layer: string; kind: string; message: string }[];
    };
    await opened.close();
    expect(json.model).toMatchObject({ opset: 13, irVersion: 7, producer: 'pytorch 1.13.0', bytes: 1_725_737 });
    const conv2 = json.layers.find(({ name }) => name === '/conv2/Conv')!;
    expect(conv2).toMatchObject({ op: 'Conv', parameters: 25_050, bytes: 100_200, macs: 1_600_000 });
    expect(conv2.weights.map(({ name }) => name)).toEqual(['conv2.weight', 'conv2.bias']);
    const fields = [
      'name',
      'dtype',
      'shape',
      'min',
      'max',
      'mean',
      'std',
      'zeros',
      'kurtosis',
      'histogram',
      'channels',
    ];
    expect(Object.keys(conv2.weights[0]!)).toEqual(expect.arrayContaining(fields));
    expect(conv2.weights[0]).toMatchObject({ dtype: 'float32', shape: [50, 20, 5, 5], channels: { axis: 0 } });
    const { counts } = conv2.weights[0]!.histogram;
    expect(counts).toHaveLength(64);
    expect(counts.reduce((a, b) => a + b)).toBe(25_000);
    expect(json.findings[0]).toEqual({
      layer: '/fc1/Gemm',
      kind: 'dominant',
      message: '/fc1/Gemm holds 92.9 % of the bytes of all weights: what is gained there counts most.',
      savedBytes: 0,
      shows: { page: 'layers', layer: '/fc1/Gemm' },
    });
  });

  it('has as many bins as asked for, and no figures without statistics', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const { layers } = await inspection(opened, { statistics: true, bins: 10 });
    expect(layers[0]!.weights[0]!.histogram!.counts).toHaveLength(10);
    const bare = await inspection(opened, { statistics: false });
    expect(bare.layers[0]!.weights[0]).toMatchObject({ name: 'conv1.weight', min: null, zeros: null, histogram: null });
    await opened.close();
  });
});

describe('the inspection of a real model', () => {
  it.each(realModels)('lists and measures every float table in it: %s', async (path) => {
    const opened = await openModel(path);
    const { model: card, layers, findings } = await inspection(opened, withStatistics);
    const listed = layers.flatMap(({ weights }) => weights);
    for (const weight of listed) {
      expect(weight.unreadable, weight.name).toBeUndefined();
      expect(weight.min, weight.name).toBeLessThanOrEqual(weight.max!);
    }
    const names = new Set(listed.map(({ name }) => name));
    const tables = layersOf(opened.model).flatMap(({ weights }) =>
      weights.filter(({ tensor, elements, role }) => {
        return elementTypes[tensor.elementType].kind === 'float' && elements > 1 && role !== 'argument';
      }),
    );
    expect(tables.filter(({ name }) => !names.has(name))).toEqual([]);
    expect(card.parameters).toBeGreaterThan(100_000);
    expect(findings.every(({ layer }) => layers.some(({ name }) => name === layer))).toBe(true);
    expect(findings.map(({ kind }) => kind)).toContain(path.includes('legacy') ? 'duplicate' : 'constant-nodes');
    await opened.close();
  });
});

describe('inspection', () => {
  it('counts a shared weight once in the total and lists it at each layer, per its own channels', async () => {
    const shared = model({
      nodes: [
        node('MatMul', ['x', 'w'], ['h'], {}, { name: 'encode' }),
        node('Gemm', ['h', 'w'], ['y'], { transB: 1 }, { name: 'decode' }),
      ],
      inputs: [info('x', ['batch', 2])],
      outputs: [info('y', ['batch', 2])],
      initializers: [{ name: 'w', tensor: floats([2, 3]) }],
    });
    const { model: card, layers } = await inspection(inMemory(shared), withStatistics);
    expect(card).toMatchObject({ parameters: 6, bytesByType: { float32: 24 }, macs: 12 });
    expect(layers.map(({ parameters }) => parameters)).toEqual([6, 6]);
    expect(layers.map(({ weights }) => weights[0]!.channels!.axis)).toEqual([1, 0]);
    expect(layers[0]!.weights[0]!.channels!.max).toEqual(Float64Array.of(3, 4, 5));
    expect(layers[1]!.weights[0]!.channels!.max).toEqual(Float64Array.of(2, 5));
    expect(layers.map(({ outputShape }) => outputShape)).toEqual([
      ['batch', 3],
      ['batch', 2],
    ]);
  });

  it('lists a quantized weight where it is read, with the type stored and the range it stands for', async () => {
    const quantized = model({
      nodes: [
        node('DequantizeLinear', ['w', 's', 'z'], ['real'], { axis: 0 }, { name: 'dequantize' }),
        node('Conv', ['x', 'real'], ['y'], {}, { name: 'conv' }),
      ],
      inputs: [info('x', [1, 1, 4, 4])],
      initializers: [
        { name: 'w', tensor: int8s([2, 1, 1, 1], [-10, 20]) },
        { name: 's', tensor: floats([2], [0.5, 0.25]) },
        { name: 'z', tensor: int8s([2], [0, 4]) },
      ],
    });
    const { model: card, layers, findings } = await inspection(inMemory(quantized), withStatistics);
    expect(layers[0]).toMatchObject({ name: 'dequantize', weights: [], parameters: 0 });
    expect(layers[1]).toMatchObject({ name: 'conv', parameters: 2, bytes: 2 + 8 + 2 });
    expect(layers[1]!.weights).toHaveLength(1);
    expect(layers[1]!.weights[0]).toMatchObject({ name: 'w', dtype: 'int8', storage: 'quantized', min: -5, max: 4 });
    expect(card.bytesByType).toEqual({ float32: 8, int8: 4 });
    expect(findings.map(({ kind }) => kind)).toEqual(['quantized']);
  });

  it('gives what is not finite as such, and nothing of tensors without elements', async () => {
    const odd = (name: string, values: number[]) => ({ name, tensor: floats([values.length], values) });
    const weights = [
      odd('infinite', [1, Infinity, -2, NaN]),
      odd('none', [NaN, NaN]),
      odd('positive', [Infinity, Infinity]),
      odd('equal', [3, 3]),
    ];
    const empty = { name: 'empty', tensor: floats([0, 3]) };
    const nodes = [...weights, empty].map(({ name }) => node('PRelu', ['x', name], [`${name}.y`], {}, { name }));
    const { layers } = await inspection(
      inMemory(model({ nodes, inputs: [info('x', [1])], initializers: [...weights, empty] })),
      withStatistics,
    );
    const figures = toContractJson(layers.map(({ weights: [weight] }) => weight ?? null));
    expect(figures).toMatchObject([
      { min: -2, max: 'Infinity', mean: -0.5, std: 1.5, nans: 1, infinities: 1, histogram: { min: -2, max: 1 } },
      { min: 'NaN', max: 'NaN', mean: 'NaN', zeros: 0, nans: 2, histogram: null },
      { min: 'Infinity', max: 'Infinity', mean: 'NaN', histogram: null },
      { min: 3, max: 3, std: 0, kurtosis: 'NaN', histogram: { min: 3, max: 3 } },
      { min: null, max: null, mean: null, std: null, zeros: 0, kurtosis: null, histogram: null },
    ]);
  });

  it('sets symbolic and unknown batches to 1 for the cost, and no other size', async () => {
    const product = (first: string | undefined, columns: number | string) =>
      model({
        nodes: [node('MatMul', ['x', 'w'], ['y'])],
        inputs: [info('x', [first, columns, 4])],
        initializers: [{ name: 'w', tensor: floats([4, 5]) }],
      });
    const macs = (of: Model) => inspectStructure(inMemory(of)).card.macs;
    expect(macs(product('batch', 3))).toBe(60);
    expect(macs(product(undefined, 3))).toBe(60);
    expect(macs(product('batch', 'tokens'))).toBeNull();
  });

  it('does not take an initializer that is also an input for an input', async () => {
    const { card } = inspectStructure(
      inMemory(
        model({
          nodes: [node('Add', ['x', 'w'], ['y'])],
          inputs: [info('x', ['n', 4]), info('w', [4])],
          outputs: [{ name: 'y' }],
          initializers: [{ name: 'w', tensor: floats([4]) }],
        }),
      ),
    );
    expect(card.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(card.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['n', 4] }]);
  });

  it('leaves shapes, axes and bounds out of the weights, and lists tables of integers', async () => {
    const { layers, model: card } = await inspection(
      inMemory(
        model({
          nodes: [
            node('Reshape', ['x', 'shape'], ['r'], {}, { name: 'reshape' }),
            node('Clip', ['r', 'low', 'high'], ['c'], {}, { name: 'clip' }),
            node('Gather', ['table', 'ids'], ['g'], {}, { name: 'gather' }),
            node('Mul', ['c', 'half'], ['h'], {}, { name: 'half' }),
          ],
          inputs: [info('x', [2, 3]), info('ids', [2], 'int64')],
          initializers: [
            { name: 'shape', tensor: int64s([3, 2]) },
            { name: 'low', tensor: floats([], [0]) },
            { name: 'high', tensor: floats([], [6]) },
            { name: 'table', tensor: int64s([1, 2 ** 40, -(2 ** 40)]) },
            { name: 'half', tensor: floats([], [0.5]) },
          ],
        }),
      ),
      withStatistics,
    );
    expect(layers.map(({ weights }) => weights.map(({ name }) => name))).toEqual([[], [], ['table'], []]);
    expect(layers[2]!.weights[0]).toMatchObject({ dtype: 'int64', min: -(2 ** 40), max: 2 ** 40 });
    expect(card.parameters).toBe(0);
  });

  it('lists a weight that cannot be measured with the reason', async () => {
    const strings = { ...tensorOf('string', [2], new Uint8Array()), strings: [new Uint8Array(1), new Uint8Array(1)] };
    const { layers } = await inspection(
      inMemory(
        model({
          nodes: [node('Gather', ['words', 'ids'], ['y'])],
          inputs: [info('ids', [1], 'int64')],
          initializers: [{ name: 'words', tensor: strings }],
        }),
      ),
      withStatistics,
    );
    expect(layers[0]!.weights[0]).toMatchObject({ name: 'words', dtype: 'string', min: null });
    expect(layers[0]!.weights[0]!.unreadable).toMatchObject({ id: 'inspect.no-numbers' });
  });

  it('says that the file changed under it', async () => {
    const bytes = readFileSync(samplePath('lenet-5.onnx'));
    const path = join(folder, 'whole.onnx');
    writeFileSync(path, bytes);
    const opened = await openModel(path);
    writeFileSync(path, bytes.subarray(0, 1000));
    await expect(inspection(opened, withStatistics)).rejects.toMatchObject({ code: 'onnx.file-changed' });
    await opened.close();
  });

  it('reports progress up to 1, and stops when cancelled', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const fractions: number[] = [];
    await inspection(opened, { statistics: true, onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);

    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => controller.abort(reason);
    await expect(inspection(opened, { statistics: true, signal: controller.signal, onProgress })).rejects.toBe(reason);
    await opened.close();
  });
});
