import type { ElementType } from './elementType.js';
import { elementCount, storedBytes } from './elementType.js';

/** What tells that a path still leads to the same, unchanged file. */
export interface FileIdentity {
  readonly size: number;
  /** Nanoseconds, as the file system keeps them. */
  readonly modified: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

/** Bytes of a file, as plain data that another thread can read them by. */
export interface FileRange {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly offset: number;
  readonly byteLength: number;
}

/**
 * The bytes of a tensor in the layout of `raw_data` (little-endian, row-major, packed below 8 bits), which may still lie
 * on disk. Only the owner of the bytes knows where; readers ask for ranges.
 */
export interface TensorBytes {
  readonly byteLength: number;
  /** The bytes, where they are in memory already (small tensors, computed tensors). */
  readonly resident?: Uint8Array;
  /** Where they lie in a file just so, if they do. */
  readonly fileRange?: FileRange;
  /** Bytes `start` to `end` (exclusive), at a fresh, aligned address. */
  read(start?: number, end?: number): Promise<Uint8Array>;
}

/** A constant of a model. Immutable; `shape` is in elements. */
export interface Tensor {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly bytes: TensorBytes;
  /** The elements of a string tensor, UTF-8; its `bytes` are empty. */
  readonly strings?: readonly Uint8Array[];
}

/** Numbers of a tensor in memory: the typed array of its type (float16 and bfloat16 as bits in a Uint16Array). */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A value that goes into or comes out of a run of a model. `data.length` is the product of `shape`. */
export interface TensorArray {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly data: NumericArray;
}

/** A copy at a fresh, aligned address. (`slice` is none where the bytes are a Buffer.) */
export function copyOfBytes(bytes: Uint8Array, start = 0, end = bytes.byteLength): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

/** Bytes that are in memory. */
export function residentBytes(bytes: Uint8Array): TensorBytes {
  return {
    byteLength: bytes.byteLength,
    resident: bytes,
    read: (start = 0, end = bytes.byteLength) => Promise.resolve(copyOfBytes(bytes, start, end)),
  };
}

/** A tensor over bytes in memory, in `raw_data` layout. */
export function tensorOf(elementType: ElementType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const expected = storedBytes(elementType, elementCount(shape));
  if (bytes.byteLength !== expected) {
    throw new RangeError(`${elementType}[${shape.join(',')}] takes ${expected} bytes, not ${bytes.byteLength}`);
  }
  return { elementType, shape, bytes: residentBytes(bytes) };
}

/** A tensor over the memory of a typed array. */
export function tensorOfArray(array: TensorArray): Tensor {
  const { buffer, byteOffset, byteLength } = array.data;
  return tensorOf(array.elementType, array.shape, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
}
