/** The .npy format of numpy (numpy.lib.format, versions 1.0 to 3.0). */
import type { ElementType } from '../tensor/elementType.js';
import { elementCount, storedBytes } from '../tensor/elementType.js';
import type { NumericArray } from '../tensor/tensor.js';
import type { RandomAccess } from './randomAccess.js';
import { numericArrayOf } from '../tensor/numericArray.js';

/** What is wrong with an array, in words that end a sentence. */
export class NpyError extends Error {}

/** The array has a type that a model cannot take. */
export class NpyTypeError extends Error {}

/** An array whose first axis counts samples. */
export interface SampleArray {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** The elements of these indices of the first axis, one after the other. */
  readRows(rows: readonly number[]): Promise<NumericArray>;
}

/** By what stands in a descriptor after the byte order. */
export const npyTypes: Readonly<Record<string, ElementType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

/** \x93NUMPY */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const LONGEST_HEADER = 1 << 20;

/** Opens an array. Throws an NpyError or NpyTypeError. */
export async function openNpy(source: RandomAccess): Promise<SampleArray> {
  const { elementType, shape, fortranOrder, dataOffset } = await readHeader(source);
  const byteLength = storedBytes(elementType, elementCount(shape));
  if (!Number.isSafeInteger(byteLength)) throw new NpyError('its shape is impossible');
  if (dataOffset + byteLength > source.byteLength) {
    throw new NpyError(`it ends after ${source.byteLength - dataOffset} of the ${byteLength} bytes of its elements`);
  }
  if (fortranOrder && shape.length > 1) return rowMajorCopy(source, dataOffset, elementType, shape);
  return {
    elementType,
    shape,
    readRows: (rows) => readRows(source, dataOffset, elementType, shape, rows),
  };
}

interface Header {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly dataOffset: number;
}

async function readHeader(source: RandomAccess): Promise<Header> {
  const start = await source.read(0, Math.min(12, source.byteLength));
  if (start.byteLength < 10 || MAGIC.some((byte, i) => start[i] !== byte)) {
    throw new NpyError('it is no .npy array');
  }
  const version = start[6]!;
  if (version < 1 || version > 3) throw new NpyError(`it has the unknown version ${version}`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const lengthBytes = version === 1 ? 2 : 4;
  if (start.byteLength < 8 + lengthBytes) throw new NpyError('it ends inside its header');
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = 8 + lengthBytes + length;
  if (length > LONGEST_HEADER || dataOffset > source.byteLength) throw new NpyError('it ends inside its header');
  const bytes = await source.read(8 + lengthBytes, length);
  return { ...parseHeader(new TextDecoder().decode(bytes)), dataOffset };
}

/** Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (500, 1, 28, 28), }`. */
function parseHeader(text: string): Omit<Header, 'dataOffset'> {
  const descriptor = /['"]descr['"]\s*:\s*(['"])([^'"]*)\1/.exec(text)?.[2];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /['"]shape['"]\s*:\s*\(\s*((?:\d+L?\s*,?\s*)*)\)/.exec(text)?.[1];
  if (descriptor === undefined && /['"]descr['"]\s*:\s*\[/.test(text)) throw new NpyTypeError('a structure');
  if (descriptor === undefined || order === undefined || shape === undefined) {
    throw new NpyError('its header is damaged');
  }
  const [, byteOrder, type] = /^([<>=|]?)(.*)$/s.exec(descriptor)!;
  const elementType = npyTypes[type!];
  if (!elementType) throw new NpyTypeError(type === 'O' ? 'Python object' : descriptor);
  if (byteOrder === '>' && !type!.endsWith('1')) throw new NpyTypeError(`big-endian ${elementType}`);
  const dimensions = [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  return { elementType, fortranOrder: order === 'True', shape: dimensions };
}

async function readRows(
  source: RandomAccess,
  dataOffset: number,
  elementType: ElementType,
  shape: readonly number[],
  rows: readonly number[],
): Promise<NumericArray> {
  const rowBytes = storedBytes(elementType, elementCount(shape.slice(1)));
  const bytes = new Uint8Array(rows.length * rowBytes);
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && rows[end] === rows[end - 1]! + 1) end++;
    const run = await source.read(dataOffset + rows[start]! * rowBytes, (end - start) * rowBytes);
    bytes.set(run, start * rowBytes);
    start = end;
  }
  return numericArrayOf(elementType, bytes);
}

/** An array in Fortran order, turned once into row-major order in memory. */
function rowMajorCopy(
  source: RandomAccess,
  dataOffset: number,
  elementType: ElementType,
  shape: readonly number[],
): SampleArray {
  const count = elementCount(shape);
  let copy: Promise<RandomAccess> | undefined;
  async function makeCopy(): Promise<RandomAccess> {
    const columnMajor = numericArrayOf(elementType, await source.read(dataOffset, storedBytes(elementType, count)));
    const rowMajor = columnMajor.slice();
    const index = new Array<number>(shape.length).fill(0);
    for (let at = 0; at < count; at++) {
      let from = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
      rowMajor[at] = columnMajor[from]!;
      for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
    }
    const bytes = new Uint8Array(rowMajor.buffer, rowMajor.byteOffset, rowMajor.byteLength);
    return {
      byteLength: bytes.byteLength,
      read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
    };
  }
  return {
    elementType,
    shape,
    async readRows(rows) {
      copy ??= makeCopy();
      return readRows(await copy, 0, elementType, shape, rows);
    },
  };
}
