import { bytesOfNumbers, numbersOf } from '../../../tensor/numbers.js';
import type { Tensor, TensorBytes } from '../../../tensor/tensor.js';
import { residentBytes } from '../../../tensor/tensor.js';

/** Tensors up to this size are converted at once: shapes and settings are read from memory. */
const residentElements = 1024;

/**
 * The numbers of a float32 tensor rounded to a type of 16 bits, half to even. What lies on disk is converted when it is
 * read, part by part; numbers beyond the type become infinite.
 */
export async function halfTensor({ shape, bytes }: Tensor, type: 'float16' | 'bfloat16'): Promise<Tensor> {
  const elements = bytes.byteLength / 4;
  if (elements > residentElements) return { elementType: type, shape, bytes: convertedBytes(bytes, type) };
  const converted = bytesOfNumbers(type, numbersOf('float32', await bytes.read(), elements));
  return { elementType: type, shape, bytes: residentBytes(converted) };
}

function convertedBytes(bytes: TensorBytes, type: 'float16' | 'bfloat16'): TensorBytes {
  const byteLength = bytes.byteLength / 2;
  return {
    byteLength,
    read: async (start = 0, end = byteLength) => {
      const first = Math.floor(start / 2);
      const last = Math.ceil(end / 2);
      const part = await bytes.read(first * 4, last * 4);
      const converted = bytesOfNumbers(type, numbersOf('float32', part, last - first));
      return converted.slice(start - first * 2, end - first * 2);
    },
  };
}
