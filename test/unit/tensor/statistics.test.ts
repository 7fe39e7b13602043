import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moments } from '../../../src/tensor/statistics.js';
import {
  excessKurtosis,
  finiteCount,
  mergeMoments,
  momentsOf,
  noMoments,
  standardDeviation,
} from '../../../src/tensor/statistics.js';

const anyNumber = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, 1e-45, 2 ** 53 + 2),
);
const chunks = fc.array(fc.array(anyNumber, { maxLength: 40 }), { maxLength: 8 });

function expectSame(actual: Moments, expected: Moments): void {
  const sums = { mean: 0, meanTail: 0, m2: 0, m3: 0, m4: 0 };
  expect({ ...actual, ...sums }).toEqual({ ...expected, ...sums });
  if (finiteCount(expected) === 0) return;
  const n = finiteCount(expected);
  const size = Math.max(Math.abs(expected.min), Math.abs(expected.max));
  const near = (a: number, b: number, scale: number) =>
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-13 * scale + 1e-300);
  near(actual.mean, expected.mean, size);
  near(actual.m2, expected.m2, n * size ** 2);
  near(actual.m3, expected.m3, n * size ** 3);
  near(actual.m4, expected.m4, n * size ** 4);
}

describe('momentsOf', () => {
  it('counts what is not finite and leaves it out of the sums', () => {
    const found = momentsOf(Float32Array.of(1, NaN, 3, Infinity, -Infinity, -Infinity, 0));
    expect(found).toMatchObject({ count: 7, nans: 1, positiveInfinities: 1, negativeInfinities: 2, zeros: 1 });
    expect([found.min, found.max]).toEqual([0, 3]);
    expect(found.mean).toBeCloseTo(4 / 3, 15);
    expect(standardDeviation(found)).toBeCloseTo(Math.sqrt(14 / 9), 15);
  });

  it('knows nothing of no numbers', () => {
    expect(momentsOf(new Float64Array(0))).toEqual(noMoments);
    expect(standardDeviation(noMoments)).toBeNaN();
    expect(excessKurtosis(noMoments)).toBeNaN();
    expect(finiteCount(momentsOf(Float32Array.of(NaN, Infinity)))).toBe(0);
  });

  it('gives equal numbers no spread, also where their sum is rounded', () => {
    const found = momentsOf(new Float64Array(10_000).fill(0.1));
    expect(found).toMatchObject({ mean: 0.1, m2: 0, m3: 0, m4: 0 });
    expect(excessKurtosis(found)).toBeNaN();
  });

  it('counts both zeros', () => {
    expect(momentsOf(Float64Array.of(0, -0, 1e-45, 5e-324)).zeros).toBe(2);
  });

  it('keeps the mean of numbers whose sum overflows', () => {
    const found = momentsOf(new Float64Array(5000).fill(1.5e308));
    expect(found.mean).toBe(1.5e308);
    const mixed = momentsOf(Float64Array.of(1.5e308, 1.5e308, 1e308, -1e308));
    expect(mixed.mean).toBeCloseTo(7.5e307, -295);
    expect(finiteCount(mixed)).toBe(4);
  });

  it('counts every double, however large, as finite', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
        const found = momentsOf(Float64Array.from(numbers));
        expect(finiteCount(found)).toBe(numbers.length);
        expect(numbers.every((number) => number >= found.min && number <= found.max)).toBe(true);
        expect(numbers.some((number) => number === found.min)).toBe(true);
        expect(numbers.some((number) => number === found.max)).toBe(true);
        expect(Number.isFinite(found.mean)).toBe(true);
      }),
    );
  });
});

describe('mergeMoments', () => {
  it('makes of any chunks what the whole gives', () => {
    fc.assert(
      fc.property(chunks, (parts) => {
        const merged = parts.map((part) => momentsOf(Float64Array.from(part))).reduce(mergeMoments, noMoments);
        expectSame(merged, momentsOf(Float64Array.from(parts.flat())));
      }),
      { numRuns: 500 },
    );
  });

  it('is commutative and associative but for rounding', () => {
    fc.assert(
      fc.property(fc.array(anyNumber), fc.array(anyNumber), fc.array(anyNumber), (x, y, z) => {
        const [a, b, c] = [x, y, z].map((numbers) => momentsOf(Float64Array.from(numbers))) as [
          Moments,
          Moments,
          Moments,
        ];
        expectSame(mergeMoments(a, b), mergeMoments(b, a));
        expectSame(mergeMoments(mergeMoments(a, b), c), mergeMoments(a, mergeMoments(b, c)));
      }),
    );
  });

  it('does not cancel where the mean is far from zero', () => {
    const numbers = Float64Array.from({ length: 100_000 }, (_, i) => 1e9 + (i % 2 === 0 ? 1 : -1) * 1e-3);
    const merged = mergeMoments(momentsOf(numbers.subarray(0, 33_333)), momentsOf(numbers.subarray(33_333)));
    const exact = Math.abs(numbers[0]! - numbers[1]!) / 2;
    expect(standardDeviation(merged) / exact).toBeCloseTo(1, 14);
  });
});
