import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { elementTypes } from '../../../src/tensor/elementType.js';
import { bytesOfNumbers, numbersOf, residentNumbers, tensorNumbers } from '../../../src/tensor/numbers.js';
import {
  emptyNumericArray,
  hasNumericArray,
  numericArrayOf,
  rawBytesOf,
  tensorArrayOf,
} from '../../../src/tensor/numericArray.js';
import { packBits, signExtend, unpackBits } from '../../../src/tensor/packedBits.js';
import { codeOf, isSmallFloat, valuesOfCodes } from '../../../src/tensor/smallFloat.js';
import { residentBytes, tensorOf } from '../../../src/tensor/tensor.js';

const types = Object.keys(elementTypes) as ElementType[];
const integers = types.filter((type) => elementTypes[type].kind === 'integer');
const smallFloats = types.filter(isSmallFloat);

const integersOf = (type: ElementType) => {
  const [least, greatest] = elementTypes[type].range!.map((bound) =>
    Math.max(-(2 ** 53), Math.min(2 ** 53, Number(bound))),
  ) as [number, number];
  return fc.array(fc.maxSafeInteger().map((n) => least + (Math.abs(n) % (greatest - least + 1))));
};

describe.each(integers)('%s', (type) => {
  test('whole numbers in range come back from their bytes', () => {
    fc.assert(
      fc.property(integersOf(type), (numbers) => {
        const bytes = bytesOfNumbers(type, numbers);
        expect(bytes.byteLength).toBe(Math.ceil((numbers.length * elementTypes[type].bits) / 8));
        expect([...numbersOf(type, bytes, numbers.length)]).toEqual(numbers);
      }),
    );
  });

  test('numbers out of range are refused', () => {
    const [least, greatest] = elementTypes[type].range!;
    for (const value of [Number(least) * 2 - 1, Number(greatest) * 2 + 1, 0.5, NaN]) {
      expect(() => bytesOfNumbers(type, [value])).toThrow(RangeError);
    }
  });
});

test.each(smallFloats)('every number of %s is its own nearest', (type) => {
  const encode = codeOf(type);
  valuesOfCodes(type).forEach((value, code) => {
    if (Number.isFinite(value)) expect(encode(value)).toBe(code);
  });
});

test.each(smallFloats)('%s rounds to one of the two neighbours, the nearer', (type) => {
  const table = [...valuesOfCodes(type)].filter(Number.isFinite).sort((a, b) => a - b);
  const [least, greatest] = [table[0]!, table[table.length - 1]!];
  const encode = codeOf(type);
  const values = valuesOfCodes(type);
  fc.assert(
    fc.property(fc.double({ min: least, max: greatest, noNaN: true }), (value) => {
      const distance = Math.abs(values[encode(value)]! - value);
      const at = table.findIndex((entry) => entry >= value);
      const nearest = Math.min(...[table[at], table[at - 1]].map((entry) => Math.abs((entry ?? Infinity) - value)));
      expect(distance).toBe(nearest);
    }),
  );
});

test.each([2, 4, 6] as const)('elements of %i bits come back from any start', (bits) => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** bits - 1)), fc.nat(), (codes, n) => {
      const packed = packBits(codes, bits);
      const start = codes.length === 0 ? 0 : n % codes.length;
      expect([...unpackBits(packed, bits, codes.length - start, start)]).toEqual(codes.slice(start));
    }),
  );
});

test('sign extension', () => {
  expect([...signExtend(Uint8Array.of(0, 7, 8, 15), 4)]).toEqual([0, 7, -8, -1]);
  expect([...signExtend(Uint8Array.of(0, 1, 2, 3), 2)]).toEqual([0, 1, -2, -1]);
});

test.each(types.filter(hasNumericArray))('raw bytes of %s come back from their typed array', (type) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 24 }), fc.nat(7), (content, shift) => {
      const moved = new Uint8Array(content.length + shift).fill(1);
      moved.set(content, shift);
      const bytes = moved.subarray(shift);
      expect(rawBytesOf(type, numericArrayOf(type, bytes))).toEqual(Uint8Array.from(content));
    }),
  );
});

test('a typed array is over the same memory where it is aligned', () => {
  const bytes = new Uint8Array(16);
  expect(numericArrayOf('float32', bytes).buffer).toBe(bytes.buffer);
});

test('bytes of a Buffer are copied where they are read and where they are not aligned', async () => {
  const buffer = Buffer.from([0, 1, 2, 3, 4]).subarray(1);
  const array = numericArrayOf('float32', buffer);
  expect(array.byteOffset % 4).toBe(0);
  const read = await residentBytes(buffer).read();
  read[0] = 9;
  expect(buffer[0]).toBe(1);
});

test('64-bit integers past 2^53 become the nearest number', () => {
  const values = BigInt64Array.of(2n ** 53n + 1n, -(2n ** 63n), 2n ** 62n + 1n, -1n, -(2n ** 32n) - 5n);
  expect([...numbersOf('int64', new Uint8Array(values.buffer))]).toEqual([...values].map(Number));
  const unsigned = BigUint64Array.of(2n ** 64n - 1n, 2n ** 63n, 5n);
  expect([...numbersOf('uint64', new Uint8Array(unsigned.buffer))]).toEqual([...unsigned].map(Number));
});

test('complex numbers and strings have no numbers', () => {
  const tensor = tensorOf('complex64', [1], new Uint8Array(8));
  expect(() => tensorNumbers(tensor)).toThrow(RangeError);
  expect(residentNumbers(tensor)).toBeUndefined();
  expect(() => emptyNumericArray('string', 1)).toThrow(RangeError);
});

test('tensorArrayOf checks the length', () => {
  expect(() => tensorArrayOf('float32', [2], new Uint8Array(4))).toThrow(RangeError);
  expect(tensorArrayOf('int4', [3], Uint8Array.of(0x21, 0x0f)).data).toEqual(Int8Array.of(1, 2, -1));
});

test('a tensor of several chunks gives all of its numbers in order', async () => {
  const count = (1 << 20) + 5;
  const codes = Uint8Array.from({ length: count }, (_, i) => i % 16);
  const numbers: number[] = [];
  for await (const chunk of tensorNumbers(tensorOf('uint4', [count], packBits(codes, 4))).chunks()) {
    for (const value of chunk) numbers.push(value);
  }
  expect(numbers.length).toBe(count);
  expect(numbers.every((value, i) => value === i % 16)).toBe(true);
});

test('reading in chunks can be aborted', async () => {
  const abort = new AbortController();
  abort.abort();
  const chunks = tensorNumbers(tensorOf('uint8', [1], new Uint8Array(1))).chunks(abort.signal);
  await expect(async () => {
    for await (const _ of chunks);
  }).rejects.toThrow();
});
