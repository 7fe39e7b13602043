import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/messages/failure.js';
import { readTensorProto } from '../../../src/onnx/tensorProto.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { elementTypes } from '../../../src/tensor/elementType.js';
import { bytesOfNumbers, residentNumbers } from '../../../src/tensor/numbers.js';
import type { Tensor } from '../../../src/tensor/tensor.js';

interface Field {
  readonly number: number;
  readonly wire: 0 | 1 | 5;
  put(writer: protobuf.Writer, value: number): void;
}

const floatData: Field = { number: 4, wire: 5, put: (writer, value) => writer.float(value) };
const int32Data: Field = { number: 5, wire: 0, put: (writer, value) => writer.int32(value) };
const int64Data: Field = { number: 7, wire: 0, put: (writer, value) => writer.int64(value) };
const doubleData: Field = { number: 10, wire: 1, put: (writer, value) => writer.double(value) };
const uint64Data: Field = { number: 11, wire: 0, put: (writer, value) => writer.uint64(value) };

const wide: [ElementType, Field][] = [
  ['float32', floatData],
  ['float64', doubleData],
  ['int64', int64Data],
  ['uint64', uint64Data],
  ['uint32', uint64Data],
  ['int32', int32Data],
  ['int16', int32Data],
  ['uint16', int32Data],
  ['int8', int32Data],
  ['uint8', int32Data],
  ['bool', int32Data],
];

/** The numbers in a field, cut into runs that are packed and unpacked in turn. */
function encode(type: ElementType, field: Field, numbers: readonly number[], cuts: readonly number[], packed: boolean) {
  const writer = protobuf.Writer.create();
  writer.uint32(8).int64(numbers.length).uint32(16).int32(elementTypes[type].code);
  const bounds = [0, ...cuts.map((cut) => cut % (numbers.length + 1)).sort((a, b) => a - b), numbers.length];
  for (let i = 1; i < bounds.length; i++) {
    const run = numbers.slice(bounds[i - 1], bounds[i]);
    if ((i % 2 === 1) === packed) {
      writer.uint32(field.number * 8 + 2).fork();
      for (const value of run) field.put(writer, value);
      writer.ldelim();
    } else {
      for (const value of run) field.put(writer.uint32(field.number * 8 + field.wire), value);
    }
  }
  return writer.finish();
}

function valuesOf(type: ElementType): fc.Arbitrary<number> {
  if (type === 'float32') return fc.float({ noNaN: true });
  if (type === 'float64') return fc.double({ noNaN: true });
  const [least, greatest] = (elementTypes[type].range ?? [0n, 1n]).map((bound) =>
    Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(bound))),
  );
  return fc
    .integer({ min: Math.max(least!, -(2 ** 31)), max: Math.min(greatest!, 2 ** 31 - 1) })
    .map((value) => (type === 'int64' ? value * 2 ** 21 : type === 'uint64' ? Math.abs(value) * 2 ** 21 : value));
}

const read = (bytes: Uint8Array): Tensor => readTensorProto(bytes, 'tensor.pb').tensor;

describe.each(wide)('%s', (type, field) => {
  test('packed, unpacked or in several runs, it reads as raw_data would', async () => {
    const property = fc.asyncProperty(
      fc.array(valuesOf(type)),
      fc.array(fc.nat(), { maxLength: 3 }),
      fc.boolean(),
      async (numbers, cuts, packed) => {
        const { bytes } = read(encode(type, field, numbers, cuts, packed));
        const expected = bytesOfNumbers(type, numbers);
        expect(bytes.byteLength).toBe(expected.byteLength);
        expect(Buffer.compare(await bytes.read(), expected)).toBe(0);
      },
    );
    await fc.assert(property);
  });

  test('fewer elements than the shape says are told', async () => {
    const bytes = encode(type, field, [0, 1, 1], [], true);
    bytes[1] = 100;
    await expect(read(bytes).bytes.read()).rejects.toThrow(Failure);
    await expect(read(bytes).bytes.read()).rejects.toThrow(/needs \d+ bytes/);
  });
});

describe('a field that is too long to stay in memory', () => {
  const count = 200_000;
  const numbers = Array.from({ length: count }, (_, i) => ((i * 7919) % 100_003) - 50_000);
  const expected = bytesOfNumbers('int32', numbers);

  test.each([
    ['packed', encode('int32', int32Data, numbers, [], true)],
    ['unpacked', encode('int32', int32Data, numbers, [], false)],
    ['in runs', encode('int32', int32Data, numbers, [70_001, 150_000], false)],
  ])('%s: any ranges in any order', async (_, encoded) => {
    const { bytes } = read(encoded);
    expect(bytes.resident).toBeUndefined();
    const range = fc
      .tuple(fc.nat(count * 4), fc.nat(5000))
      .map(([start, length]) => [start, Math.min(start + length, count * 4)]);
    const property = fc.asyncProperty(fc.array(range as fc.Arbitrary<[number, number]>), async (ranges) => {
      for (const [start, end] of ranges) {
        const part = await bytes.read(start, end);
        expect(part.byteOffset % 8).toBe(0);
        expect(Buffer.compare(part, expected.subarray(start, end))).toBe(0);
      }
    });
    await fc.assert(property, { numRuns: 30 });
    expect(Buffer.compare(await bytes.read(), expected)).toBe(0);
  });
});

test('small integers stay in memory, so that shapes can be computed', () => {
  const { tensor, name } = readTensorProto(encode('int64', int64Data, [2, -1, 768], [], true), 'shape.pb');
  expect(name).toBe('');
  expect([...residentNumbers(tensor)!]).toEqual([2, -1, 768]);
});

test('negative numbers are stored in ten bytes, or as some writers do in five', async () => {
  const five = Uint8Array.of(8, 1, 16, 6, 0x2a, 5, 0xff, 0xff, 0xff, 0xff, 0x0f);
  expect([...residentNumbers(read(five))!]).toEqual([-1]);
});

test('6-bit elements are packed four to three bytes', async () => {
  const codes = Array.from({ length: 11 }, (_, i) => (i * 13) % 64);
  const tensor = read(encode('float6e2m3', int32Data, codes, [], true));
  const bits = codes
    .map((code) => code.toString(2).padStart(6, '0'))
    .reverse()
    .join('');
  const packed = (await tensor.bytes.read()).reduceRight((text, byte) => text + byte.toString(2).padStart(8, '0'), '');
  expect(packed.slice(-66)).toBe(bits);
  expect(tensor.bytes.byteLength).toBe(9);
});
