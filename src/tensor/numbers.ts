/** Elements of any type as numbers, for statistics and arithmetic. Browser-safe. */
import type { ElementType } from './elementType.js';
import { elementCount, elementTypes, storedBytes } from './elementType.js';
import type { NumberSource } from './measure.js';
import { numericArrayOf, rawBytesOf } from './numericArray.js';
import { codeOf, isSmallFloat, valuesOfCodes } from './smallFloat.js';
import type { Numbers } from './statistics.js';
import type { NumericArray, Tensor } from './tensor.js';

/** Whether the elements are real numbers or truth values: all but complex numbers and strings. */
export function isNumeric(type: ElementType): boolean {
  const { kind } = elementTypes[type];
  return kind !== 'complex' && kind !== 'string';
}

/**
 * Raw bytes as numbers: float32 where it holds every value of the type, else float64. Of 64-bit integers past 2^53 the nearest
 * number. float32 and float64 are views where the bytes are aligned. Throws a RangeError for complex numbers and strings.
 */
export function numbersOf(type: ElementType, bytes: Uint8Array, count?: number): Numbers {
  return numbersOfArray(type, numericArrayOf(type, bytes, count));
}

/** The typed array of a type (`NumericArray`) as numbers. */
export function numbersOfArray(type: ElementType, data: NumericArray): Numbers {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (isSmallFloat(type)) return lookUp(valuesOfCodes(type), data as Uint8Array | Uint16Array);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return fromBigInts(data);
  return data.BYTES_PER_ELEMENT < 4 ? new Float32Array(data) : new Float64Array(data);
}

function lookUp(values: Float32Array, codes: Uint8Array | Uint16Array): Float32Array {
  const numbers = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) numbers[i] = values[codes[i]!]!;
  return numbers;
}

function fromBigInts(data: BigInt64Array | BigUint64Array): Float64Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const high = data instanceof BigInt64Array ? new Int32Array(words.buffer, words.byteOffset, words.length) : words;
  const numbers = new Float64Array(data.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = high[2 * i + 1]! * 2 ** 32 + words[2 * i]!;
  return numbers;
}

/** Numbers as raw bytes of a type. Small floats round half to even; integers must be whole and in range. */
export function bytesOfNumbers(type: ElementType, numbers: ArrayLike<number>): Uint8Array {
  return rawBytesOf(type, arrayOfNumbers(type, numbers));
}

function arrayOfNumbers(type: ElementType, numbers: ArrayLike<number>): NumericArray {
  if (type === 'float32') return Float32Array.from(numbers);
  if (type === 'float64') return Float64Array.from(numbers);
  if (isSmallFloat(type)) {
    const encode = codeOf(type);
    return elementTypes[type].bits > 8 ? Uint16Array.from(numbers, encode) : Uint8Array.from(numbers, encode);
  }
  const [least, greatest] = (elementTypes[type].range ?? [0n, 1n]).map(Number) as [number, number];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i]!;
    if (!(Number.isInteger(value) && value >= least && value <= greatest)) {
      throw new RangeError(`${value} is not a value of ${type}`);
    }
  }
  switch (type) {
    case 'int64':
      return BigInt64Array.from(Array.from(numbers, BigInt));
    case 'uint64':
      return BigUint64Array.from(Array.from(numbers, BigInt));
    case 'int32':
      return Int32Array.from(numbers);
    case 'uint32':
      return Uint32Array.from(numbers);
    case 'int16':
      return Int16Array.from(numbers);
    case 'uint16':
      return Uint16Array.from(numbers);
    case 'int8':
    case 'int4':
    case 'int2':
      return Int8Array.from(numbers);
    case 'uint8':
    case 'bool':
    case 'uint4':
    case 'uint2':
      return Uint8Array.from(numbers);
    default:
      throw new RangeError(`${type} has no numbers`);
  }
}

/** Elements of a chunk: 4 MiB of float32. A multiple of 4, so that chunks of packed elements begin at whole bytes. */
const chunkElements = 1 << 20;

/** A tensor as numbers, read chunk by chunk. Throws a RangeError for complex numbers and strings. */
export function tensorNumbers({ elementType, shape, bytes }: Tensor): NumberSource {
  if (!isNumeric(elementType)) throw new RangeError(`${elementType} has no numbers`);
  const total = elementCount(shape);
  return {
    shape,
    async *chunks(signal) {
      for (let start = 0; start < total; start += chunkElements) {
        signal?.throwIfAborted();
        const count = Math.min(chunkElements, total - start);
        const from = storedBytes(elementType, start);
        const part = await bytes.read(from, from + storedBytes(elementType, count));
        yield numbersOf(elementType, part, count);
      }
    },
  };
}

/** All elements of a tensor as numbers. */
export async function readNumbers({ elementType, shape, bytes }: Tensor): Promise<Numbers> {
  return numbersOf(elementType, await bytes.read(), elementCount(shape));
}

/** The elements of a tensor that is in memory; undefined where it is not, or has no numbers. */
export function residentNumbers({ elementType, shape, bytes }: Tensor): Numbers | undefined {
  if (!bytes.resident || !isNumeric(elementType)) return undefined;
  return numbersOf(elementType, bytes.resident, elementCount(shape));
}
