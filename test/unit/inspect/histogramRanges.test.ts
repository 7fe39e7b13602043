import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinnedValues } from '../../../src/inspect/histogramRanges.js';
import { entropyRange, expectedError, leastErrorRange, percentileRange } from '../../../src/inspect/histogramRanges.js';
import { integerGrid } from '../../../src/inspect/integerGrid.js';
import { GrowingHistogram } from '../../../src/tensor/growingHistogram.js';
import { plainKernel } from '../../../src/tensor/measure.js';
import { normalNumbers } from '../../fixtures/random.js';

/** As the runner gathers them: chunk by chunk, in power-of-two bins. */
function binned(chunks: readonly ArrayLike<number>[], bins = 2048): BinnedValues {
  const histogram = new GrowingHistogram(bins, plainKernel);
  let [min, max, zeros] = [Infinity, -Infinity, 0];
  for (const chunk of chunks) {
    const values = Float64Array.from(chunk);
    if (values.length === 0) continue;
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    histogram.add(values, low, high, values.length);
    [min, max] = [Math.min(min, low), Math.max(max, high)];
    zeros += values.filter((value) => value === 0).length;
  }
  return { min, max, zeros, histogram: histogram.histogram() };
}

const widthOf = ({ histogram: { min, max, counts } }: BinnedValues) => (max - min) / counts.length;

const grid = (bits: number, symmetric: boolean) => ({
  symmetric,
  gridOf: ({ min, max }: { min: number; max: number }) => integerGrid({ bits, symmetric, min, max }),
});

const number = fc.double({ min: -100, max: 100, noNaN: true });
const numbers = fc.array(fc.oneof(number, fc.constant(0)), { minLength: 2, maxLength: 200 });

describe('percentileRange', () => {
  const percentiles = fc.double({ min: 50, max: 100, noNaN: true });

  it('lies within a bin of the exact percentile', () => {
    fc.assert(
      fc.property(numbers, percentiles, fc.boolean(), (values, percentile, symmetric) => {
        const known = binned([values]);
        fc.pre(known.min < known.max);
        const { min, max } = percentileRange(known, percentile, symmetric);
        const cut = (1 - percentile / 100) * values.length;
        const slack = widthOf(known) * (1 + 1e-9);
        const countAbove = (limit: number, of: (value: number) => number) =>
          values.filter((value) => of(value) > limit).length;
        if (symmetric) {
          const limit = Math.max(-min, max);
          expect(countAbove(limit + slack, Math.abs)).toBeLessThanOrEqual(cut + 1e-9);
          if (limit < Math.max(-known.min, known.max)) {
            expect(values.filter((value) => Math.abs(value) >= limit - slack).length).toBeGreaterThanOrEqual(
              Math.floor(cut),
            );
          }
        } else if (min > known.min || max < known.max) {
          expect(countAbove(max + slack, (value) => value)).toBeLessThanOrEqual(cut / 2 + 1e-9);
          expect(countAbove(-min + slack, (value) => -value)).toBeLessThanOrEqual(cut / 2 + 1e-9);
        }
        expect(min).toBeGreaterThanOrEqual(known.min);
        expect(max).toBeLessThanOrEqual(known.max);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the extremes where all are kept', () => {
    fc.assert(
      fc.property(numbers, fc.boolean(), (values, symmetric) => {
        const known = binned([values]);
        fc.pre(known.min < known.max);
        const { min, max } = percentileRange(known, 100, symmetric);
        expect(min).toBeCloseTo(known.min, 12);
        expect(max).toBeCloseTo(known.max, 12);
      }),
    );
  });

  it('does not depend on the order of the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(numbers, { minLength: 2, maxLength: 5 }),
        percentiles,
        fc.boolean(),
        (chunks, p, symmetric) => {
          const forward = binned(chunks, 64);
          const backward = binned(chunks.toReversed(), 64);
          expect(percentileRange(backward, p, symmetric)).toEqual(percentileRange(forward, p, symmetric));
          expect(leastErrorRange(backward, grid(4, symmetric))).toEqual(leastErrorRange(forward, grid(4, symmetric)));
          expect(entropyRange(backward, grid(4, symmetric))).toEqual(entropyRange(forward, grid(4, symmetric)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a normal distribution is the quantile of the table', () => {
    const known = binned([normalNumbers(200_000, 1)]);
    const { max } = percentileRange(known, 99, true);
    expect(max).toBeGreaterThan(2.576 - 0.03);
    expect(max).toBeLessThan(2.576 + 0.03);
    const oneSided = percentileRange(known, 98, false);
    expect(oneSided.max).toBeCloseTo(2.326, 1);
    expect(oneSided.min).toBeCloseTo(-2.326, 1);
  });
});

describe('leastErrorRange', () => {
  it('is never worse than the extremes, by the error that it looks for', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(2, 4, 8), fc.boolean(), (values, bits, symmetric) => {
        const known = binned([values]);
        fc.pre(known.min < known.max);
        const of = grid(bits, symmetric);
        const best = expectedError(known, leastErrorRange(known, of), of);
        expect(best).toBeLessThanOrEqual(expectedError(known, known, of) * (1 + 1e-9) + 1e-300);
      }),
      { numRuns: 100 },
    );
  });

  it('finds the range of Banner et al. for a normal distribution', () => {
    // arXiv 1810.05723, table 1: 4 bits 2.55 standard deviations for a grid of 2^4 cells; this one has a code less.
    const known = binned([normalNumbers(400_000, 5)]);
    const { max } = leastErrorRange(known, grid(4, true));
    expect(max).toBeGreaterThan(2.2);
    expect(max).toBeLessThan(2.7);
  });
});

describe('entropyRange', () => {
  it('cuts off a lone outlier, and little where there is none', () => {
    const bell = normalNumbers(100_000, 3);
    const known = binned([bell, [60]]);
    const { max } = entropyRange(known, grid(4, true));
    expect(max).toBeLessThan(15);
    const uniform = binned([Array.from({ length: 50_000 }, (_, i) => i / 50_000)]);
    expect(entropyRange(uniform, grid(8, false)).max).toBeGreaterThan(0.95);
  });

  it('takes the extremes where there are fewer bins than codes', () => {
    const known = binned([normalNumbers(10_000, 4)]);
    expect(entropyRange(known, grid(16, true))).toEqual({ min: known.min, max: known.max });
  });

  it('does not let exact zeros decide', () => {
    const values = Float64Array.from(normalNumbers(20_000, 6), (x) => Math.max(0, x));
    const few = binned([values]);
    const many = binned([values, new Float64Array(200_000)]);
    expect(entropyRange(many, grid(8, false))).toEqual(entropyRange(few, grid(8, false)));
  });
});
