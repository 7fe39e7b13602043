import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layersThatCanSaturate } from '../../../src/evaluate/saturation.js';
import { Graph } from '../../../src/graph/graph.js';
import { layersOf } from '../../../src/graph/layers.js';
import type { Model } from '../../../src/graph/model.js';
import { Node } from '../../../src/graph/node.js';
import type { NumericArray } from '../../../src/tensor/tensor.js';
import { tensorOfArray } from '../../../src/tensor/tensor.js';
import type { ElementType } from '../../../src/tensor/elementType.js';

/** A QDQ MatMul of activations with a zero point of `type` and the given weights. */
function quantizedMatMul(type: 'int8' | 'uint8', weights: readonly number[]): Model {
  const constant = (name: string, elementType: ElementType, shape: number[], data: NumericArray) => ({
    name,
    tensor: tensorOfArray({ elementType, shape, data }),
  });
  const zero = type === 'int8' ? new Int8Array(1) : new Uint8Array(1);
  const graph = new Graph({
    nodes: [
      new Node({ opType: 'QuantizeLinear', inputs: ['x', 'scale', 'zero'], outputs: ['q'] }),
      new Node({ opType: 'DequantizeLinear', inputs: ['q', 'scale', 'zero'], outputs: ['dx'] }),
      new Node({ opType: 'DequantizeLinear', inputs: ['w', 'scale'], outputs: ['dw'] }),
      new Node({ opType: 'MatMul', name: 'product', inputs: ['dx', 'dw'], outputs: ['y'] }),
    ],
    inputs: [{ name: 'x', type: { kind: 'tensor', elementType: 'float32', shape: [1, weights.length] } }],
    outputs: [{ name: 'y', type: { kind: 'tensor', elementType: 'float32', shape: [1, 1] } }],
    initializers: [
      constant('scale', 'float32', [], new Float32Array([0.1])),
      constant('zero', type, [], zero),
      constant('w', 'int8', [weights.length, 1], Int8Array.from(weights)),
    ],
  });
  return { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
}

const found = async (model: Model) => (await layersThatCanSaturate(layersOf(model))).map(({ name }) => name);

describe('layers that can saturate', () => {
  it('multiply uint8 by two int8 weights of one sign that are more than 128 together', async () => {
    expect(await found(quantizedMatMul('uint8', [64, 0, 65]))).toEqual(['product']);
    expect(await found(quantizedMatMul('uint8', [-128, 5, -1]))).toEqual(['product']);
  });

  it('are not those where no two are, or whose activations are int8', async () => {
    expect(await found(quantizedMatMul('uint8', [64, 64, -64, -64]))).toEqual([]);
    expect(await found(quantizedMatMul('uint8', [127, -128, 1, 0]))).toEqual([]);
    expect(await found(quantizedMatMul('int8', [127, 127]))).toEqual([]);
  });

  it('agree with sums of all pairs in 16 bits', async () => {
    const weights = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(weights, async (all) => {
        const sums = all.flatMap((a, i) => all.slice(i + 1).flatMap((b) => [255 * a + 255 * b, 255 * a, 255 * b]));
        const saturates = sums.some((sum) => sum > 32767 || sum < -32768);
        expect((await found(quantizedMatMul('uint8', all))).length > 0).toBe(saturates);
      }),
    );
  });
});
