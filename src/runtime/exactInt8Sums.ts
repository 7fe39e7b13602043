import { Graph } from '../graph/graph.js';
import type { Initializer, Model, ValueInfo } from '../graph/model.js';
import { Node } from '../graph/node.js';
import type { ElementType } from '../tensor/elementType.js';
import { tensorOfArray, type TensorArray } from '../tensor/tensor.js';
import { loadModel } from './loadModel.js';
import type { Runtime, SessionOptions } from './session.js';

/** Long enough for every kernel to run its vector loop. */
const LENGTH = 64;

/**
 * Whether sums of uint8 x int8 products are exact on this processor. Without VNNI or ARM's dot product, kernels add pairs
 * of products in 16 bits, where 255 x 127 + 255 x 127 saturates (onnxruntime, "Quantize ONNX models", U8S8 saturation).
 * Measured with a product of such numbers and not guessed from the processor's name. With `preciseQuantization` in
 * the options it tells whether that cures it.
 */
export async function measureExactInt8Sums(
  runtime: Runtime,
  options: SessionOptions = {},
  signal?: AbortSignal,
): Promise<boolean> {
  const session = await loadModel(runtime, productModel(), options, { signal });
  try {
    const row = { elementType: 'uint8', shape: [1, LENGTH], data: new Uint8Array(LENGTH).fill(255) } as const;
    const { product } = await session.run({ row }, undefined, signal);
    return product!.data.every((sum: number | bigint) => sum === 255 * 127 * LENGTH);
  } finally {
    await session.release();
  }
}

/** MatMulInteger of uint8 [1, LENGTH] with int8 [LENGTH, LENGTH], all 127: it gives its 32-bit sums as they are. */
function productModel(): Model {
  const graph = new Graph({
    name: 'exact-int8-sums',
    nodes: [new Node({ opType: 'MatMulInteger', inputs: ['row', 'weights'], outputs: ['product'] })],
    inputs: [valueInfo('row', 'uint8')],
    outputs: [valueInfo('product', 'int32')],
    initializers: [
      constant('weights', {
        elementType: 'int8',
        shape: [LENGTH, LENGTH],
        data: new Int8Array(LENGTH * LENGTH).fill(127),
      }),
    ],
  });
  return { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
}

function valueInfo(name: string, elementType: ElementType): ValueInfo {
  return { name, type: { kind: 'tensor', elementType, shape: [1, LENGTH] } };
}

function constant(name: string, array: TensorArray): Initializer {
  return { name, tensor: tensorOfArray(array) };
}
