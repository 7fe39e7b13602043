import type { ElementType } from '../../tensor/elementType.js';
import type { Tensor } from '../../tensor/tensor.js';
import { tensorOfArray } from '../../tensor/tensor.js';

/** The elements of a float32 tensor. */
export async function floatsOf(tensor: Tensor): Promise<Float32Array> {
  const bytes = await tensor.bytes.read();
  return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / 4);
}

type Written = Extract<ElementType, 'float32' | 'int8' | 'uint8' | 'int32' | 'int64'>;

/** A tensor of given numbers; typed arrays of the right kind are not copied. */
export function tensorFrom(type: Written, shape: readonly number[], numbers: ArrayLike<number>): Tensor {
  switch (type) {
    case 'float32':
      return tensorOfArray({
        elementType: type,
        shape,
        data: numbers instanceof Float32Array ? numbers : Float32Array.from(numbers),
      });
    case 'int8':
      return tensorOfArray({
        elementType: type,
        shape,
        data: numbers instanceof Int8Array ? numbers : Int8Array.from(numbers),
      });
    case 'uint8':
      return tensorOfArray({
        elementType: type,
        shape,
        data: numbers instanceof Uint8Array ? numbers : Uint8Array.from(numbers),
      });
    case 'int32':
      return tensorOfArray({
        elementType: type,
        shape,
        data: numbers instanceof Int32Array ? numbers : Int32Array.from(numbers),
      });
    case 'int64':
      return tensorOfArray({ elementType: type, shape, data: BigInt64Array.from(Array.from(numbers, BigInt)) });
  }
}
