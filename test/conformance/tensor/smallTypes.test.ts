import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { elementTypes } from '../../../src/tensor/elementType.js';
import { bytesOfNumbers, numbersOf } from '../../../src/tensor/numbers.js';
import type { SmallFloat } from '../../../src/tensor/smallFloat.js';
import { codeOf, valuesOfCodes } from '../../../src/tensor/smallFloat.js';
import vectors from './vectors.json';

const sha256 = (array: ArrayBufferView) =>
  createHash('sha256')
    .update(new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength))
    .digest('hex');

/** Bits of float32 numbers, all NaNs alike. */
function floatBits(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.length);
  const numbers = new Float32Array(bits.buffer);
  numbers.set(values);
  values.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = 0x7fc00000;
  });
  return bits;
}

function encodeInputs(): Float32Array {
  const bits = new Uint32Array(vectors.lowerHalves.length << 16);
  vectors.lowerHalves.forEach((lower, i) => {
    for (let upper = 0; upper < 65536; upper++) bits[(i << 16) + upper] = upper * 65536 + lower;
  });
  return new Float32Array(bits.buffer);
}

const inputs = encodeInputs();

describe.each(Object.entries(vectors.floats))('%s', (name, expected) => {
  const type = name as SmallFloat;
  const codes = (numbers: number[]) => (elementTypes[type].bits > 8 ? Uint16Array : Uint8Array).from(numbers);

  test('every code is the number that ml_dtypes reads', () => {
    expect(sha256(floatBits(valuesOfCodes(type)))).toBe(expected.values);
  });

  test('numbers are rounded as by ml_dtypes', () => {
    const encode = codeOf(type, 'special');
    const left = (value: number) => Number.isNaN(value) || (type === 'float8e8m0' && Math.abs(value) < 2 ** -126);
    expect(sha256(codes(Array.from(inputs, (value) => (left(value) ? 0 : encode(value)))))).toBe(expected.codes);
  });

  test('NaN is the code of NaN, or where there is none of zero', () => {
    const value = valuesOfCodes(type)[codeOf(type)(NaN)];
    expect(value).toBe(/e2m|e3m/.test(type) ? -0 : NaN);
  });
});

const saturating = Object.entries(vectors.floats).flatMap(([name, expected]) =>
  'saturated' in expected ? [[name, expected.saturated] as const] : [],
);

test.each(saturating)('beyond the greatest number %s saturates as in onnxruntime’s Cast', (name, expected) => {
  const encode = codeOf(name as SmallFloat);
  const table = valuesOfCodes(name as SmallFloat);
  expect(sha256(floatBits(inputs.map((value) => table[encode(value)]!)))).toBe(expected);
});

describe.each(Object.entries(vectors.packed))('%s', (name, { elements, bytes }) => {
  const type = name as ElementType;

  test('is unpacked as onnx stores it', () => {
    expect([...numbersOf(type, Buffer.from(bytes, 'hex'), elements.length)]).toEqual(elements);
  });

  test('is packed as onnx stores it', () => {
    expect(Buffer.from(bytesOfNumbers(type, elements)).toString('hex')).toBe(bytes);
  });
});
