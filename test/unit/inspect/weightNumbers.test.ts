import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layersOf } from '../../../src/graph/layers.js';
import type { Initializer } from '../../../src/graph/model.js';
import type { Node } from '../../../src/graph/node.js';
import { measureWeight } from '../../../src/inspect/measureWeight.js';
import { dequantize, weightNumbers } from '../../../src/inspect/weightNumbers.js';
import type { Failure } from '../../../src/messages/failure.js';
import { tensorOf } from '../../../src/tensor/tensor.js';
import { floats, graph, info, int64s, int8s, model, node } from '../graph/builders.js';

describe('dequantize', () => {
  it('gives every element the scale of its place, wherever the chunk begins', () => {
    const cases = fc
      .tuple(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
      )
      .map(([shape, axis, start, block, blocked]) => ({ shape, axis: axis % shape.length, start, block, blocked }));
    fc.assert(
      fc.property(cases, ({ shape, axis, start, block, blocked }) => {
        const total = shape.reduce((a, b) => a * b, 1);
        const position = start % total;
        const integers = Float32Array.from({ length: total }, (_, i) => (i * 37) % 256);
        const scaleShape = shape.map((size, i) => (i === axis ? Math.ceil(size / (blocked ? block : 1)) : size));
        const count = blocked ? scaleShape.reduce((a, b) => a * b, 1) : shape[axis]!;
        const scales = Float32Array.from({ length: count }, (_, i) => 1 + i / 8);
        const zeroPoints = Float32Array.from({ length: count }, (_, i) => i % 7);

        const expected = Array.from(integers, (integer, element) => {
          const at: number[] = [];
          for (let rest = element, i = shape.length - 1; i >= 0; rest = Math.floor(rest / shape[i]!), i--)
            at[i] = rest % shape[i]!;
          let place = at[axis]!;
          if (blocked) {
            place = 0;
            scaleShape.forEach(
              (size, i) => (place = place * size + (i === axis ? Math.floor(at[i]! / block) : at[i]!)),
            );
          }
          return Math.fround((integer - zeroPoints[place]!) * scales[place]!);
        });
        const blockSize = blocked ? block : undefined;
        const real = dequantize(integers.slice(position), position, shape, { scales, zeroPoints, axis, blockSize });
        expect(Array.from(real)).toEqual(expected.slice(position));
      }),
      { numRuns: 500 },
    );
  });
});

async function numbersOf(...[layer, weight]: Parameters<typeof weightNumbers>): Promise<number[]> {
  const all: number[] = [];
  for await (const chunk of weightNumbers(layer, weight).chunks()) all.push(...chunk);
  return all;
}

describe('weightNumbers', () => {
  it('spreads a sparse weight out, from positions and from coordinates in any order', async () => {
    const values = floats([3], [5, 7, 9]);
    for (const indices of [int64s([1, 3, 5]), int64s([0, 1, 1, 0, 1, 2], [3, 2])]) {
      const sparse = { values, indices, shape: [2, 3] };
      const [layer] = layersOf(
        model({
          nodes: [node('MatMul', ['x', 'w'], ['y'])],
          inputs: [info('x', [1, 2])],
          initializers: [{ name: 'w', tensor: values, sparse }],
        }),
      );
      expect(await numbersOf(layer!, layer!.weights[0]!)).toEqual([0, 5, 0, 7, 0, 9]);
      const statistics = await measureWeight(layer!, layer!.weights[0]!);
      expect(statistics).toMatchObject({ count: 6, zeros: 3, min: 0, max: 9 });
      expect(statistics.channels).toMatchObject({ axis: 1, max: Float64Array.of(7, 5, 9) });
    }
  });

  it('gives the integers themselves, less the zero point, where no scale is constant', async () => {
    const [layer] = layersOf(
      model(
        graph({
          nodes: [node('MatMulInteger', ['x', 'w', '', 'z'], ['y'])],
          inputs: [info('x', [1, 2], 'uint8')],
          initializers: [
            { name: 'w', tensor: int8s([2, 2], [-3, 4, 5, 6]) },
            { name: 'z', tensor: int8s([], [1]) },
          ],
        }),
      ),
    );
    expect(
      await numbersOf(
        layer!,
        layer!.weights.find(({ name }) => name === 'w')!,
      ),
    ).toEqual([-4, 3, 4, 5]);
  });

  it('rejects when cancelled', async () => {
    const [layer] = layersOf(
      model({ nodes: [node('Add', ['x', 'w'], ['y'])], initializers: [{ name: 'w', tensor: floats([4]) }] }),
    );
    const reason = new Error('enough');
    await expect(measureWeight(layer!, layer!.weights[0]!, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('says what is wrong with weights of damaged files', async () => {
    const codeOf = async (nodes: Node[], initializers: Initializer[], name: string) => {
      const layers = layersOf(model({ nodes, inputs: [info('x', [1, 2])], initializers }));
      const layer = layers.find(({ weights }) => weights.some((weight) => weight.name === name))!;
      const weight = layer.weights.find((candidate) => candidate.name === name)!;
      return measureWeight(layer, weight).then(
        () => null,
        (error: unknown) => (error as Failure).code,
      );
    };

    const sparse = (shape: number[], positions: number[]) => {
      const values = floats([positions.length]);
      return [{ name: 'w', tensor: values, sparse: { values, indices: int64s(positions), shape } }];
    };
    const product = [node('MatMul', ['x', 'w'], ['y'])];
    expect(await codeOf(product, sparse([2 ** 20, 2 ** 30], [5]), 'w')).toBe('inspect.sparse-size');
    expect(await codeOf(product, sparse([2 ** 15, 2 ** 16], [5]), 'w')).toBe('inspect.sparse-size');
    expect(await codeOf(product, sparse([2, 3], [0, 6]), 'w')).toBe('inspect.sparse-position');
    expect(await codeOf(product, sparse([2, 3], [-1]), 'w')).toBe('inspect.sparse-position');
    expect(await codeOf(product, sparse([2, 3], [0, 5]), 'w')).toBeNull();

    const dequantized = (axis: number) => [
      node('DequantizeLinear', ['w', 's'], ['r'], { axis }),
      node('MatMul', ['x', 'r'], ['y']),
    ];
    const quantized = (scales: number) => [
      { name: 'w', tensor: int8s([2, 3]) },
      { name: 's', tensor: floats([scales]) },
    ];
    expect(await codeOf(dequantized(1), quantized(3), 'w')).toBeNull();
    expect(await codeOf(dequantized(0), quantized(3), 'w')).toBe('inspect.scale-shape');
    expect(await codeOf(dequantized(1), quantized(2), 'w')).toBe('inspect.scale-shape');
    expect(await codeOf(dequantized(7), quantized(3), 'w')).toBe('inspect.scale-shape');

    const packed = (K: number, bits: number) => [
      node('MatMulNBits', ['x', 'w', 's'], ['y'], { K, N: 2, bits, block_size: 16 }, { domain: 'com.microsoft' }),
    ];
    const bytes = [
      { name: 'w', tensor: tensorOf('uint8', [2, 1, 8], new Uint8Array(16)) },
      { name: 's', tensor: floats([2]) },
    ];
    expect(await codeOf(packed(16, 4), bytes, 'w')).toBeNull();
    expect(await codeOf(packed(2 ** 40, 4), bytes, 'w')).toBe('inspect.packed-size');
    expect(await codeOf(packed(16, 3), bytes, 'w')).toBe('inspect.packed-size');
  });
});
