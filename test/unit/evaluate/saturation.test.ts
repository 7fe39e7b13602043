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
  it('multiply uint8 by int8 of more than 7 bits', async () => {
    expect(await found(quantizedMatMul('uint8', [3, 65]))).toEqual(['product']);
    expect(await found(quantizedMatMul('uint8', [-128, 0]))).toEqual(['product']);
  });

  it('are not those whose weights keep within 7 bits, or whose activations are int8', async () => {
    expect(await found(quantizedMatMul('uint8', [64, -64]))).toEqual([]);
    expect(await found(quantizedMatMul('int8', [127, -127]))).toEqual([]);
  });
});
