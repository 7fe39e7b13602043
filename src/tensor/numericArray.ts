/** Raw bytes as the typed array of their element type, and back. Browser-safe. */
import type { ElementType } from './elementType.js';
import { elementCount, elementTypes, storedBytes } from './elementType.js';
import { packBits, signExtend, unpackBits } from './packedBits.js';
import type { NumericArray, TensorArray } from './tensor.js';
import { copyOfBytes } from './tensor.js';

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
  float8e4m3fn: Uint8Array,
  float8e4m3fnuz: Uint8Array,
  float8e5m2: Uint8Array,
  float8e5m2fnuz: Uint8Array,
  float8e8m0: Uint8Array,
};

function packedWidth(type: ElementType): 2 | 4 | 6 | undefined {
  const { bits } = elementTypes[type];
  return bits === 2 || bits === 4 || bits === 6 ? bits : undefined;
}

/** Whether elements of the type are numbers that a typed array can hold: all but complex numbers and strings. */
export function hasNumericArray(type: ElementType): boolean {
  return type in constructors || packedWidth(type) !== undefined;
}

/**
 * `count` elements as a typed array over the same memory, or over a copy where that is not aligned. Small floats are given
 * as their codes; elements below 8 bits are unpacked, one a byte. Throws a RangeError for complex numbers and strings.
 */
export function numericArrayOf(type: ElementType, bytes: Uint8Array, count = wholeCount(type, bytes)): NumericArray {
  const width = packedWidth(type);
  if (width) {
    const codes = unpackBits(bytes, width, count);
    return type === 'int4' || type === 'int2' ? signExtend(codes, width as 2 | 4) : codes;
  }
  const constructor = constructorOf(type);
  const aligned = bytes.byteOffset % constructor.BYTES_PER_ELEMENT === 0 ? bytes : copyOfBytes(bytes);
  return new constructor(aligned.buffer, aligned.byteOffset, count);
}

/** The bytes of a typed array in `raw_data` layout: its own memory, or packed below 8 bits. */
export function rawBytesOf(type: ElementType, data: NumericArray): Uint8Array {
  const width = packedWidth(type);
  if (width) return packBits(data as Uint8Array, width);
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

/** Zeros of a type, for `count` elements. */
export function emptyNumericArray(type: ElementType, count: number): NumericArray {
  if (packedWidth(type)) return type === 'int4' || type === 'int2' ? new Int8Array(count) : new Uint8Array(count);
  const constructor = constructorOf(type);
  return new constructor(new ArrayBuffer(count * constructor.BYTES_PER_ELEMENT));
}

/** A value for a run of a model, over bytes in `raw_data` layout. */
export function tensorArrayOf(elementType: ElementType, shape: readonly number[], bytes: Uint8Array): TensorArray {
  const count = elementCount(shape);
  const expected = storedBytes(elementType, count);
  if (bytes.byteLength !== expected) {
    throw new RangeError(`${elementType}[${shape.join(',')}] takes ${expected} bytes, not ${bytes.byteLength}`);
  }
  return { elementType, shape, data: numericArrayOf(elementType, bytes, count) };
}

function wholeCount(type: ElementType, bytes: Uint8Array): number {
  return Math.floor((bytes.byteLength * 8) / elementTypes[type].bits);
}

function constructorOf(type: ElementType): ArrayConstructor {
  const constructor = constructors[type];
  if (!constructor) throw new RangeError(`${type} has no typed array`);
  return constructor;
}
