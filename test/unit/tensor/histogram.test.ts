import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binEdges, countInto, emptyBins, rebin } from '../../../src/tensor/histogram.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const sum = (counts: ArrayLike<number>) => Array.from(counts).reduce((a, b) => a + b, 0);

function histogramOf(numbers: readonly number[], bins: number) {
  const min = numbers.reduce((a, b) => (b < a ? b : a));
  const max = numbers.reduce((a, b) => (b > a ? b : a));
  const counted = emptyBins(min, max, bins);
  countInto(counted, Float64Array.from(numbers));
  return counted;
}

describe('countInto', () => {
  it('puts every number into the bin whose edges hold it, over all ranges of a double', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 300 }),
        (numbers, bins) => {
          const { min, max, edges, counts } = histogramOf(numbers, bins);
          if (min === max) return;
          const expected = new Float64Array(bins);
          for (const value of numbers) {
            let bin = bins - 1;
            while (bin > 0 && value < edges[bin]!) bin--;
            expected[bin]!++;
          }
          expect(counts).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves out what is outside or not finite', () => {
    const counted = emptyBins(0, 4, 4);
    countInto(counted, Float32Array.of(-1, 0, 1, 1.5, 4, 5, NaN, Infinity, -Infinity));
    expect(Array.from(counted.counts)).toEqual([1, 2, 0, 1]);
  });

  it('puts equal numbers into the middle bin', () => {
    expect(Array.from(histogramOf([7, 7, 7], 4).counts)).toEqual([0, 0, 3, 0]);
  });

  it('counts the same in chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        fc.nat(),
        (all, cut) => {
          const whole = histogramOf(all, 16);
          const parts = emptyBins(whole.min, whole.max, 16);
          countInto(parts, Float32Array.from(all.slice(0, cut % all.length)));
          countInto(parts, Float64Array.from(all.slice(cut % all.length)));
          expect(parts.counts).toEqual(whole.counts);
        },
      ),
    );
  });

  it('counts nothing where there is no range', () => {
    const counted = emptyBins(NaN, NaN, 8);
    countInto(counted, Float32Array.of(1, NaN));
    expect(sum(counted.counts)).toBe(0);
  });
});

describe('binEdges', () => {
  it('ascends from the least to the greatest value', () => {
    fc.assert(
      fc.property(finite, finite, fc.integer({ min: 1, max: 2048 }), (a, b, bins) => {
        const edges = binEdges(Math.min(a, b), Math.max(a, b), bins);
        expect(edges[0] === Math.min(a, b)).toBe(true);
        expect(edges[bins] === Math.max(a, b)).toBe(true);
        for (let i = 1; i < bins; i++) expect(edges[i]! >= edges[i - 1]!).toBe(true);
      }),
    );
  });
});

describe('rebin', () => {
  it('equals counting anew where the bins divide', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(1, 2, 16, 64, 512),
        (numbers, bins) => {
          const fewer = rebin(histogramOf(numbers, 2048), bins);
          expect(Array.from(fewer.counts)).toEqual(Array.from(histogramOf(numbers, bins).counts));
        },
      ),
    );
  });

  it('keeps the total and the order of the bins for any number of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 100 }),
        fc.integer({ min: 1, max: 120 }),
        (counts, bins) => {
          const fewer = rebin({ min: 0, max: 1, counts }, bins);
          expect(sum(fewer.counts)).toBe(sum(counts));
          expect(fewer.counts.length).toBe(Math.min(bins, counts.length));
        },
      ),
    );
  });
});
