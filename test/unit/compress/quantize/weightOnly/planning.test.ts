import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../../src/compress/method.js';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseOptions } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import type { Model } from '../../../../../src/graph/model.js';
import { intAttribute } from '../../../../../src/graph/node.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 50 - 1);

async function quantized(model: Model, settings: Record<string, Json>) {
  const options = parseOptions(quantize, { scheme: 'weight-only', weightType: 'int4', blockSize: 32, ...settings });
  model.opsets.set('', 21);
  const prepared = (await quantize.prepare(model, options, work)).model;
  const candidates = quantize.candidates(prepared, options, work.target);
  const choices = preferredChoices(candidates);
  const applied = await quantize.apply({
    model: prepared,
    choices,
    statistics: { ranges: new Map() },
    options,
    ...work,
  });
  const predicted = quantize.storedBytes(prepared, choices, options);
  return { ...applied, skipped: [...candidates.skipped, ...applied.skipped], predicted };
}

/** Two products that share `w`, and a third with a weight of its own. */
const sharing = () =>
  modelOf({
    nodes: [
      node('MatMul', ['x', 'w'], ['a'], 'first'),
      node('MatMul', ['x', 'w'], ['b'], 'second'),
      node('MatMul', ['x', 'v'], ['c'], 'third'),
    ],
    inputs: [floatInput('x', [2, 64])],
    outputs: ['a', 'b', 'c'].map((name) => floatInput(name, [2, 16])),
    constants: { w: constant([64, 16], numbers(1024)), v: constant([64, 16], numbers(1024)) },
  });

const reasonsOf = (skipped: readonly { layer: string; reason: { id: string } }[]) =>
  Object.fromEntries(skipped.map(({ layer, reason }) => [layer, reason.id]));

describe('weights that several layers read', () => {
  it('are stored once, for all of them', async () => {
    const { model, applied, notes } = await quantized(sharing(), {});
    expect(applied.map(({ layer, choice }) => [layer, choice])).toEqual(
      ['first', 'second', 'third'].map((layer) => [layer, 'int4 weights, block 32']),
    );
    expect(model.graph.nodes.filter((each) => each.is('DequantizeLinear'))).toHaveLength(2);
    expect(notes.map(({ id }) => id)).toContain('compress.quantize.note.shared-dequantized');
  });

  it('are stored once in blocks, too', async () => {
    const { model } = await quantized(sharing(), { format: 'qoperator' });
    const products = model.graph.nodes.filter((each) => each.opType === 'MatMulNBits');
    expect(products).toHaveLength(3);
    expect(new Set(products.map(({ inputs }) => inputs[1])).size).toBe(2);
  });

  it('stay in float where one of the layers does', async () => {
    const { applied, skipped } = await quantized(sharing(), { exclude: 'second' });
    expect(applied.map(({ layer }) => layer)).toEqual(['third']);
    expect(reasonsOf(skipped)).toEqual({
      first: 'compress.quantize.skipped.weight-shared',
      second: 'compress.skipped.excluded',
    });
  });

  it('stay in float where they are read along different axes', async () => {
    const model = modelOf({
      nodes: [
        node('MatMul', ['x', 'w'], ['a'], 'straight'),
        node('Gemm', ['x', 'w'], ['b'], 'turned', { transB: intAttribute(1) }),
        node('MatMul', ['x', 'v'], ['c'], 'other'),
      ],
      inputs: [floatInput('x', [2, 64])],
      outputs: ['a', 'b', 'c'].map((name) => floatInput(name, [2, 64])),
      constants: { w: constant([64, 64], numbers(4096)), v: constant([64, 64], numbers(4096)) },
    });
    const { applied, skipped } = await quantized(model, {});
    expect(applied.map(({ layer }) => layer)).toEqual(['other']);
    expect(reasonsOf(skipped)).toMatchObject({
      straight: 'compress.quantize.skipped.weight-read-otherwise',
      turned: 'compress.quantize.skipped.weight-read-otherwise',
    });
  });

  it('serve a table and a product by its rows at once', async () => {
    const model = modelOf({
      nodes: [
        node('Gather', ['w', 'i'], ['h'], 'embed'),
        node('Gemm', ['h', 'w'], ['y'], 'unembed', { transB: intAttribute(1) }),
      ],
      inputs: [{ name: 'i', type: { kind: 'tensor', elementType: 'int64', shape: [3] } }],
      outputs: [floatInput('y', [3, 10])],
      constants: { w: constant([10, 64], numbers(640)) },
    });
    const { applied, model: result } = await quantized(model, {});
    expect(applied.map(({ layer }) => layer)).toEqual(['embed', 'unembed']);
    expect(result.graph.nodes.map(({ opType }) => opType)).toEqual(['DequantizeLinear', 'Gather', 'Gemm']);
  });
});

describe('layers whose weight stays in float', () => {
  it.each([
    ['tiny', [1, 4], 'compress.quantize.skipped.no-gain', {}],
    ['not finite', [64, 4], 'compress.quantize.skipped.not-finite', {}],
    ['rank 3', [2, 64, 4], 'compress.quantize.skipped.not-right-matrix', { format: 'qoperator' }],
  ] as const)('%s', async (title, shape, id, settings) => {
    const count = shape.reduce<number>((product, size) => product * size, 1);
    const data = numbers(count);
    if (title === 'not finite') data[3] = Infinity;
    const model = modelOf({
      nodes: [node('MatMul', ['x', 'w'], ['y'], 'odd'), node('MatMul', ['z', 'v'], ['c'], 'fine')],
      inputs: [floatInput('x', [2, 2, shape.at(-2)!]), floatInput('z', [2, 64])],
      outputs: [floatInput('y', [2, 2, 4]), floatInput('c', [2, 16])],
      constants: { w: constant(shape, data), v: constant([64, 16], numbers(1024)) },
    });
    const { applied, skipped } = await quantized(model, settings);
    expect(applied.map(({ layer }) => layer)).toEqual(['fine']);
    expect(reasonsOf(skipped)).toEqual({ odd: id });
  });

  it('are told by the operator', async () => {
    const model = modelOf({
      nodes: [node('Relu', ['x'], ['r'], 'relu'), node('MatMul', ['r', 'v'], ['y'], 'product')],
      inputs: [floatInput('x', [2, 64])],
      outputs: [floatInput('y', [2, 16])],
      constants: { v: constant([64, 16], numbers(1024)) },
    });
    const { skipped } = await quantized(model, {});
    expect(reasonsOf(skipped)).toEqual({ relu: 'compress.quantize.skipped.weight-only-operator' });
  });
});

describe('sizes and blocks', () => {
  it('predicts the bytes of what it writes', async () => {
    const { model, predicted } = await quantized(sharing(), {});
    const written = [...model.graph.initializers.values()].reduce(
      (sum, { tensor }) => sum + tensor.bytes.byteLength,
      0,
    );
    // Zero points of 0 are predicted, and not written.
    const zeroPoints = (2 * (2 * 16)) / 2;
    expect(predicted.reduce((sum, { after }) => sum + after, 0)).toBe(written + zeroPoints);
  });

  it.each([
    [{ blockSize: 48 }, 'compress.quantize.block-size'],
    [{ format: 'qoperator', weightType: 'int16' }, 'compress.quantize.blocked-type'],
    [{ compat: 'onnxruntime', format: 'qoperator', blockSize: 0 }, 'compress.quantize.blocks-exact'],
    [{ compat: 'onnxruntime', symmetricWeights: false }, 'compress.quantize.blocks-exact'],
    [{ scheme: 'static', awq: true }, 'compress.quantize.awq-scheme'],
  ])('refuses %j', async (settings, code) => {
    await expect(quantized(sharing(), settings as Record<string, Json>)).rejects.toMatchObject({ code });
  });
});
