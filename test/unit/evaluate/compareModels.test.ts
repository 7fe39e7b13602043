import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareModels } from '../../../src/evaluate/compareModels.js';
import { fixturePath, samplePath, vadPath } from '../models.js';

interface ErrorFacts {
  readonly max: number;
  readonly mean: number;
  readonly sqnrDb: number;
}

/** What numpy found (test/fixtures/evaluate/make.py). */
const measured = (
  JSON.parse(readFileSync(fixturePath('evaluate/expected.json'), 'utf8')) as {
    models: Record<string, { original: string; weights: Record<string, ErrorFacts> }>;
  }
).models;

describe('a quantized model beside its original', () => {
  it.each(Object.entries(measured))('%s: each weight has the error that numpy finds', async (name, facts) => {
    const { layers, totals } = await compareModels(
      fixturePath(`${facts.original}.onnx`),
      fixturePath(`evaluate/${name}.onnx`),
    );
    for (const [layer, wanted] of Object.entries(facts.weights)) {
      const pair = layers.find(({ a }) => a === layer)!;
      expect(pair).toMatchObject({ status: 'changed', dtype: { a: 'float32', b: 'int8' } });
      expect(pair.error!.max, layer).toBeCloseTo(wanted.max, 6);
      expect(pair.error!.mean, layer).toBeCloseTo(wanted.mean, 7);
      expect(pair.error!.sqnrDb, layer).toBeCloseTo(wanted.sqnrDb, 3);
      expect(pair.bytes.b).toBeLessThan(pair.bytes.a);
    }
    expect(totals.b.bytes).toBeLessThan(totals.a.bytes);
    expect(totals.b.bytesByType['int8']).toBeGreaterThan(0);
  });

  it('what carries the quantization belongs to its layer', async () => {
    const { layers } = await compareModels(
      fixturePath('mobilenet-digits.onnx'),
      fixturePath('evaluate/mobilenet-static.onnx'),
    );
    // The quantizer folds the Clips into the ranges of the convolutions.
    expect(new Set(layers.filter(({ status }) => status === 'removed').map(({ op }) => op))).toEqual(new Set(['Clip']));
    expect(layers.filter(({ status }) => status === 'added')).toEqual([]);
  });

  it('a Gemm is found again as MatMulInteger, with its bias added apart', async () => {
    const { layers } = await compareModels(
      fixturePath('lenet-300-100.onnx'),
      fixturePath('evaluate/lenet-300-100-dynamic.onnx'),
    );
    expect(layers.map(({ a, b, status }) => [a, b, status])).toEqual([
      ['/Flatten', '/Flatten', 'same'],
      ['/fc1/Gemm', '/fc1/Gemm_MatMul_quant', 'changed'],
      [null, '/fc1/Gemm_Add', 'added'],
      ['/Relu', '/Relu', 'same'],
      ['/fc2/Gemm', '/fc2/Gemm_MatMul_quant', 'changed'],
      [null, '/fc2/Gemm_Add', 'added'],
      ['/Relu_1', '/Relu_1', 'same'],
      ['/fc3/Gemm', '/fc3/Gemm_MatMul_quant', 'changed'],
      [null, '/fc3/Gemm_Add', 'added'],
    ]);
  });
});

describe('compareModels', () => {
  it.each([samplePath('lenet-5.onnx'), fixturePath('vit-digits.onnx'), vadPath('silero_vad_v5.onnx')])(
    'a model is the same as itself: %s',
    async (path) => {
      const { layers, totals } = await compareModels(path, path);
      expect(layers.length).toBeGreaterThan(5);
      expect(layers.filter(({ status, a, b }) => status !== 'same' || a !== b)).toEqual([]);
      for (const { error } of layers) expect(error ?? { max: 0 }).toMatchObject({ max: 0 });
      expect(totals.a).toEqual(totals.b);
    },
  );

  it('the same network rescaled: the same layers, other weights', async () => {
    const { layers } = await compareModels(
      fixturePath('mobilenet-digits.onnx'),
      fixturePath('mobilenet-digits-unbalanced.onnx'),
    );
    const convolutions = layers.filter(({ op }) => op === 'Conv');
    expect(convolutions.every(({ status, a, b }) => status === 'changed' && a === b)).toBe(true);
    expect(convolutions.every(({ error }) => error!.max > 0)).toBe(true);
  });

  it('different networks: every layer is listed once', async () => {
    const [a, b] = [samplePath('lenet-5.onnx'), fixturePath('resnet-digits.onnx')];
    const { layers, totals } = await compareModels(a, b);
    const names = (side: 'a' | 'b') => layers.map((pair) => pair[side]).filter((name) => name !== null);
    expect(names('a')).toHaveLength(totals.a.layers);
    expect(new Set(names('a')).size).toBe(totals.a.layers);
    expect(names('b')).toHaveLength(totals.b.layers);
    expect(new Set(names('b')).size).toBe(totals.b.layers);
    const back = await compareModels(b, a);
    expect(back.totals).toEqual({ a: totals.b, b: totals.a });
  });

  it('reports how far it is and ends when it is aborted', async () => {
    const fractions: number[] = [];
    const path = samplePath('lenet-5.onnx');
    await compareModels(path, path, { onProgress: ({ fraction }) => fractions.push(fraction!) });
    expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
    expect(fractions.at(-1)).toBe(1);
    await expect(compareModels(path, path, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
