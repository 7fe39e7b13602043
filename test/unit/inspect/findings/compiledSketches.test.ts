import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChannelLayout } from '../../../../src/inspect/findings/channelSketch.js';
import { channelLayout } from '../../../../src/inspect/findings/channelSketch.js';
import { compiledSketches } from '../../../../src/inspect/findings/compiledSketches.js';
import { plainSketches } from '../../../../src/inspect/findings/plainSketches.js';
import { product } from '../../../../src/inspect/findings/vectors.js';
import type { Numbers } from '../../../../src/tensor/statistics.js';
import { kernels } from '../readByCompiled.js';
import { normal } from './findingsOf.js';

const compiled = compiledSketches(kernels);

/** Adds numbers in chunks to a plain sketch and, from the memory of the kernels, to a compiled one. */
function addInChunks(
  numbers: Numbers,
  chunkLength: number,
  plain: { add(chunk: Numbers, position: number): void },
  placed: { add(chunk: Numbers, position: number): void },
): void {
  for (let position = 0; position < numbers.length; position += chunkLength) {
    const chunk = numbers.subarray(position, position + chunkLength);
    plain.add(chunk, position);
    kernels.scoped(() => {
      const address = kernels.reserve(chunk.byteLength);
      const copy =
        chunk instanceof Float64Array ? kernels.float64(address, chunk.length) : kernels.float32(address, chunk.length);
      copy.set(chunk);
      placed.add(copy, position);
    });
  }
}

const types = fc.constantFrom(Float32Array, Float64Array);
const chunkLengths = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 51, max: 5000 }));

describe('compiled sketches', () => {
  it('of channels are to the bit the plain ones, and find the same candidates', () => {
    const layouts = fc
      .record({
        rounds: fc.integer({ min: 1, max: 40 }),
        channels: fc.integer({ min: 2, max: 40 }),
        run: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 20 }), fc.integer({ min: 60, max: 140 })),
      })
      .filter(({ rounds, run }) => rounds * run >= 24 && rounds * run <= 600);
    let found = 0;
    fc.assert(
      fc.property(layouts, types, chunkLengths, fc.nat(), (shape, Type, chunkLength, seed) => {
        kernels.scoped(() => {
          const { rounds, channels, run } = shape;
          const layout: ChannelLayout = channelLayout([rounds, channels, run], 1);
          const numbers = new Type(withTwins(layout, seed));
          const plain = plainSketches.channels(layout);
          const placed = compiled.channels(layout);
          addInChunks(numbers, chunkLength, plain, placed);
          expect(placed.sums).toEqual(plain.sums);
          const pairs = [...plain.candidates()].flat();
          expect([...placed.candidates()].flat()).toEqual(pairs);
          found += pairs.length;
        });
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('find the same candidates where many channels are alike at first sight', () => {
    // Positive numbers: all sketches point about the same way.
    const layout = channelLayout([300, 200], 0);
    const numbers = Float32Array.from(normal(300 * 200), (value) => Math.abs(value) + 3);
    kernels.scoped(() => {
      const plain = plainSketches.channels(layout);
      const placed = compiled.channels(layout);
      addInChunks(numbers, 7777, plain, placed);
      const pairs = [...plain.candidates()].flat();
      expect(pairs.length).toBeGreaterThan(300);
      expect([...placed.candidates()].flat()).toEqual(pairs);
    });
  });

  it('of rows are to the bit the plain ones, and span by the same rows', async () => {
    const cases = fc.record({
      rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 400 })),
      columns: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 500, max: 700 })),
      rank: fc.integer({ min: 1, max: 8 }),
      Type: types,
      chunkLength: chunkLengths,
      seed: fc.nat(),
    });
    let spanned = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, columns, rank, Type, chunkLength, seed }) => {
        const numbers = new Type(ofRank(rows, columns, rank, seed));
        await kernels.scopedWhile(async () => {
          const plain = plainSketches.rows({ rows, columns });
          const placed = compiled.rows({ rows, columns });
          addInChunks(numbers, chunkLength, plain, placed);
          expect(placed.sums).toEqual(plain.sums);
          const pause = () => undefined;
          const spanning = await plain.spanningRows(pause);
          expect(await placed.spanningRows(pause)).toEqual(spanning);
          if (spanning) spanned++;
        });
      }),
      { numRuns: 60 },
    );
    expect(spanned).toBeGreaterThan(5);
  });

  it('multiply rows to the bit as the plain one', () => {
    const [rows, width] = [6, 10];
    const matrix = Float64Array.from(normal(rows * width));
    const row = (r: number) => matrix.subarray(r * width, (r + 1) * width);
    kernels.scoped(() => {
      const place = kernels.reserve(matrix.byteLength);
      const products = kernels.reserve(rows * rows * 8);
      kernels.float64(place, matrix.length).set(matrix);
      kernels.run.rowProducts(place, rows, width, products);
      const expected = Array.from({ length: rows * rows }, (_, i) => product(row(Math.floor(i / rows)), row(i % rows)));
      expect([...kernels.float64(products, rows * rows)]).toEqual(expected);
    });
  });

  it('of vectors multiply them to the bit as the plain ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), types, fc.nat(), (length, Type, seed) => {
        kernels.scoped(() => {
          const isWide = Type === Float64Array;
          const all = [plainSketches.vectors(3, length, isWide), compiled.vectors(3, length, isWide)];
          for (const { numbers, stride } of all) {
            for (let i = 0; i < 3; i++) numbers.set(new Type(normal(length, 1, seed + i)), i * stride);
          }
          const [plain, placed] = all.map((vectors) => [
            vectors.product(0, 1),
            vectors.product(2, 1),
            vectors.product(2, 2),
          ]);
          expect(placed).toEqual(plain);
          expect(plain![2]).toBeGreaterThan(0);
        });
      }),
    );
  });

  it('of subspaces leave to the bit the same outside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 6 }),
        types,
        fc.nat(),
        (columns, dimensions, Type, seed) => {
          kernels.scoped(() => {
            const plain = plainSketches.subspace(columns, dimensions);
            const placed = compiled.subspace(columns, dimensions);
            const row = (i: number) => new Type(normal(columns, 1, seed + i));
            for (let i = 0; i < dimensions; i++) {
              plain.add(row(i));
              placed.add(row(i));
            }
            expect(placed.dimensions).toBe(plain.dimensions);
            for (let i = 0; i < 3; i++) {
              const energies = plain.energies(row(dimensions - 1 + i));
              expect(placed.energies(row(dimensions - 1 + i))).toEqual(energies);
              // The last one of those that span it lies in it.
              if (i === 0) expect(energies.outside).toBeLessThan(1e-20 * energies.all);
            }
          });
        },
      ),
    );
  });
});

/** Normal numbers of which every third channel is nearly the first, times something. */
function withTwins({ channels, run, length }: ChannelLayout, seed: number): number[] {
  const numbers = normal(channels * length, 1, seed);
  return numbers.map((value, at) => {
    const channel = Math.floor(at / run) % channels;
    const first = numbers[at - channel * run]!;
    return channel > 0 && channel % 3 === 0 ? (first + 0.02 * value) * channel : value;
  });
}

function ofRank(rows: number, columns: number, rank: number, seed: number): number[] {
  const left = normal(rows * rank, 1, seed);
  const right = normal(rank * columns, 1, seed + 1);
  return Array.from({ length: rows * columns }, (_, at) => {
    const [r, c] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += left[r * rank + k]! * right[k * columns + c]!;
    return sum;
  });
}
