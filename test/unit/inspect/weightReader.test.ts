import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { layersOf } from '../../../src/graph/layers.js';
import { dequantize, weightNumbers } from '../../../src/inspect/weightNumbers.js';
import type { WeightSource } from '../../../src/inspect/weightSource.js';
import { weightSource } from '../../../src/inspect/weightSource.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { elementCount, elementTypes, storedBytes } from '../../../src/tensor/elementType.js';
import { isNumeric, numbersOf } from '../../../src/tensor/numbers.js';
import type { FileRange, Tensor } from '../../../src/tensor/tensor.js';
import { residentBytes } from '../../../src/tensor/tensor.js';
import { floats, info, model, node } from '../graph/builders.js';
import { readByCompiled } from './readByCompiled.js';

const folder = mkdtempSync(join(tmpdir(), 'tare-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Puts bytes into a file of their own, after some others. */
function onDisk(bytes: Uint8Array): FileRange {
  const path = join(folder, `${files++}.bin`);
  const before = files % 5;
  writeFileSync(path, Buffer.concat([Buffer.alloc(before, 0xee), bytes]));
  const { size, mtimeNs: modified, ino: inode, dev: device } = statSync(path, { bigint: true });
  return { path, identity: { size: Number(size), modified, inode, device }, offset: before, byteLength: bytes.length };
}

const types = (Object.keys(elementTypes) as ElementType[]).filter(isNumeric);
const quantizedTypes: ElementType[] = [
  'int8',
  'uint8',
  'int4',
  'uint4',
  'int2',
  'uint2',
  'int16',
  'uint16',
  'float8e4m3fn',
];
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24);
const shapes = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 })),
);

describe('the compiled reader', () => {
  it('reads every element of every type as the plain one, wherever the parts begin', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        shapes,
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (type, shape, seed, units) => {
          const bytes = bytesOf(storedBytes(type, elementCount(shape)), seed);
          const source: WeightSource = { shape, elements: { elementType: type, place: onDisk(bytes) } };
          const expected = numbersOf(type, bytes, elementCount(shape));
          expect(readByCompiled(source, units)).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives the real numbers of quantized weights: one scale, one a channel, one a block, along any axis', () => {
    const cases = fc.record({
      type: fc.constantFrom(...quantizedTypes),
      shape: fc.oneof(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 })),
      ),
      at: fc.nat(),
      block: fc.integer({ min: 1, max: 17 }),
      form: fc.constantFrom('tensor', 'channel', 'channel, one zero point', 'block'),
      zeroPoints: fc.boolean(),
      seed: fc.nat(),
      units: fc.integer({ min: 1, max: 9 }),
      isOnDisk: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ type, shape, at, block, form, zeroPoints, seed, units, isOnDisk }) => {
        const axis = at % shape.length;
        const total = elementCount(shape);
        const scaleShape = shape.map((size, i) =>
          i === axis ? Math.ceil(size / (form === 'block' ? block : 1)) : size,
        );
        const count = form === 'tensor' ? 1 : form === 'block' ? elementCount(scaleShape) : shape[axis]!;
        const scales = Float32Array.from({ length: count }, (_, i) => Math.fround(0.01 + Math.sin(i + seed) ** 2));
        const zeroPointCount = form === 'channel, one zero point' ? 1 : count;
        const zeroPointBytes = bytesOf(storedBytes(type, zeroPointCount), seed + 7);
        const bytes = bytesOf(storedBytes(type, total), seed);
        const place = (part: Uint8Array) => (isOnDisk ? onDisk(part) : part);

        const where = form === 'tensor' ? {} : { axis, blockSize: form === 'block' ? block : undefined };
        const source: WeightSource = {
          shape,
          elements: { elementType: type, place: onDisk(bytes) },
          scaling: {
            scales: { elementType: 'float32', place: place(new Uint8Array(scales.buffer)) },
            scaleCount: count,
            zeroPoints: zeroPoints ? { elementType: type, place: place(zeroPointBytes) } : undefined,
            zeroPointCount: zeroPoints ? zeroPointCount : 0,
            ...where,
          },
        };
        const expected = dequantize(numbersOf(type, bytes, total), 0, shape, {
          scales,
          zeroPoints: zeroPoints ? numbersOf(type, zeroPointBytes, zeroPointCount) : undefined,
          ...where,
        });
        expect(readByCompiled(source, units)).toEqual(expected);
      }),
      { numRuns: 600 },
    );
  });

  it('unpacks the weights of MatMulNBits, rows that end within a block included', async () => {
    const cases = fc.record({
      bits: fc.constantFrom(2, 4, 8),
      blockSize: fc.constantFrom(16, 32),
      rows: fc.integer({ min: 1, max: 9 }),
      columns: fc.integer({ min: 1, max: 100 }),
      zeroPoints: fc.boolean(),
      seed: fc.nat(),
      units: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ bits, blockSize, rows, columns, zeroPoints, seed, units }) => {
        const blocks = Math.ceil(columns / blockSize);
        const tensor = (shape: number[], bytes: Uint8Array): Tensor => ({
          elementType: 'uint8',
          shape,
          bytes: { ...residentBytes(bytes), resident: undefined, fileRange: onDisk(bytes) },
        });
        const blockBytes = (blockSize * bits) / 8;
        const zeroBytes = rows * Math.ceil((blocks * bits) / 8);
        const [layer] = layersOf(
          model({
            nodes: [
              node(
                'MatMulNBits',
                ['x', 'w', 's', ...(zeroPoints ? ['z'] : [])],
                ['y'],
                { K: columns, N: rows, bits, block_size: blockSize },
                { domain: 'com.microsoft' },
              ),
            ],
            inputs: [info('x', [1, columns])],
            initializers: [
              { name: 'w', tensor: tensor([rows, blocks, blockBytes], bytesOf(rows * blocks * blockBytes, seed)) },
              {
                name: 's',
                tensor: floats(
                  [rows * blocks],
                  Array.from({ length: rows * blocks }, (_, i) => 0.1 + i),
                ),
              },
              { name: 'z', tensor: tensor([zeroBytes], bytesOf(zeroBytes, seed + 1)) },
            ],
          }),
        );
        const weight = layer!.weights.find(({ name }) => name === 'w')!;
        const expected: number[] = [];
        for await (const chunk of weightNumbers(layer!, weight).chunks()) expected.push(...chunk);
        const source = await weightSource(layer!, weight);
        expect(Array.from(readByCompiled(source!, units))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('says that a file is another than it was', () => {
    const place = onDisk(new Uint8Array(64));
    writeFileSync(place.path, new Uint8Array(99));
    const source: WeightSource = { shape: [16], elements: { elementType: 'float32', place } };
    expect(() => readByCompiled(source)).toThrow(expect.objectContaining({ code: 'onnx.file-changed' }) as Error);
    rmSync(place.path);
    expect(() => readByCompiled(source)).toThrow(expect.objectContaining({ code: 'onnx.file-changed' }) as Error);
  });
});
