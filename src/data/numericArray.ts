import type { ElementType } from '../tensor/elementType.js';
import type { NumericArray } from '../tensor/tensor.js';

interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): NumericArray;
}

const constructors: Partial<Record<ElementType, ArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

export function hasNumericArray(elementType: ElementType): boolean {
  return elementType in constructors;
}

/** The typed array of a type over little-endian bytes, which are copied only where they are not aligned. */
export function numericArray(elementType: ElementType, bytes: Uint8Array): NumericArray {
  const constructor = constructors[elementType];
  if (!constructor) throw new RangeError(`${elementType} has no typed array`);
  const aligned = bytes.byteOffset % constructor.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new constructor(aligned.buffer, aligned.byteOffset, aligned.byteLength / constructor.BYTES_PER_ELEMENT);
}

/** Zeros of a type. */
export function emptyNumericArray(elementType: ElementType, length: number): NumericArray {
  const constructor = constructors[elementType];
  if (!constructor) throw new RangeError(`${elementType} has no typed array`);
  return new constructor(new ArrayBuffer(length * constructor.BYTES_PER_ELEMENT));
}
