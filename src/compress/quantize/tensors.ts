import type { ElementType } from '../../tensor/elementType.js';
import { packBits } from '../../tensor/packedBits.js';
import type { Tensor } from '../../tensor/tensor.js';
import { tensorOf, tensorOfArray } from '../../tensor/tensor.js';
import type { QuantizedType } from './integerRange.js';

/** The elements of a float32 tensor. */
export async function floatsOf(tensor: Tensor): Promise<Float32Array> {
  const bytes = await tensor.bytes.read();
  return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / 4);
}

type Written = Extract<ElementType, 'float32' | 'int32' | 'int64'> | QuantizedType;

/**
 * A tensor of given numbers; typed arrays of the right kind are not copied, and numbers below 8 bits are packed. Of float8
 * `numbers` are the codes.
 */
export function tensorFrom(type: Written, shape: readonly number[], numbers: ArrayLike<number>): Tensor {
  const elementType = type;
  switch (type) {
    case 'int64':
      return tensorOfArray({ elementType, shape, data: BigInt64Array.from(Array.from(numbers, BigInt)) });
    case 'int4':
    case 'uint4':
      return tensorOf(elementType, shape, packBits(numbers, 4));
    case 'int2':
    case 'uint2':
      return tensorOf(elementType, shape, packBits(numbers, 2));
    case 'float8e4m3fn':
    case 'float8e5m2':
      return tensorOf(elementType, shape, numbers instanceof Uint8Array ? numbers : Uint8Array.from(numbers));
    default: {
      const Numbers = arrays[type];
      return tensorOfArray({ elementType, shape, data: numbers instanceof Numbers ? numbers : Numbers.from(numbers) });
    }
  }
}

const arrays = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
} as const;
