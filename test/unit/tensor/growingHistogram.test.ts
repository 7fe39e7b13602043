import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrowingHistogram } from '../../../src/tensor/growingHistogram.js';
import { plainKernel } from '../../../src/tensor/measure.js';

const bins = 64;

function gathered(chunks: readonly (readonly number[])[], wide = true) {
  const histogram = new GrowingHistogram(bins, plainKernel);
  for (const chunk of chunks) {
    const finite = chunk.filter(Number.isFinite);
    const values = wide ? Float64Array.from(chunk) : Float32Array.from(chunk);
    histogram.add(values, Math.min(...finite), Math.max(...finite), finite.length);
  }
  return histogram.histogram();
}

const numbers = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(0, -0, 1, -1, 1e-40, -1e-40, 3e38, -3e38),
);
const chunked = fc.array(fc.array(numbers, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 });

describe('a histogram whose range grows', () => {
  it('counts each number in the bin of its edges, whatever came before it', () => {
    fc.assert(
      fc.property(chunked, (chunks) => {
        const values = chunks.flat();
        const { min, max, counts } = gathered(chunks);
        const width = (max - min) / counts.length;
        if (width === 0) {
          expect([...(counts as Float64Array)]).toEqual([values.length]);
          return;
        }
        expect(Number.isInteger(Math.log2(width))).toBe(true);
        expect(Number.isInteger(min / width)).toBe(true);
        const expected = new Float64Array(counts.length);
        for (const value of values) expected[Math.floor(value / width) - min / width]!++;
        expect(counts).toEqual(expected);
        expect(expected[0]! > 0 && expected.at(-1)! > 0).toBe(true);
      }),
    );
  });

  it('is the same for any order and any cut into chunks', () => {
    fc.assert(
      fc.property(chunked, (chunks) => {
        const values = chunks.flat();
        const whole = gathered([values]);
        expect(gathered(chunks)).toEqual(whole);
        expect(gathered([...values].reverse().map((value) => [value]))).toEqual(whole);
      }),
    );
  });

  it('uses more than half of its bins, and never more than all', () => {
    fc.assert(
      fc.property(chunked, (chunks) => {
        const { min, max, counts } = gathered(chunks);
        expect(counts.length).toBeLessThanOrEqual(bins);
        const values = chunks.flat();
        // Below the least double there is no narrower bin.
        if (max - min > 0 && Math.max(...values) - Math.min(...values) > 1e-300)
          expect(counts.length).toBeGreaterThan(bins / 2);
      }),
    );
  });

  it('counts what is finite among what is not', () => {
    const { min, max, counts } = gathered([
      [NaN, 1, Infinity],
      [-Infinity, 2],
      [1.5, 1.5],
    ]);
    expect([min, max]).toEqual([1, 2.03125]);
    expect([...(counts as Float64Array)].reduce((sum, count) => sum + count)).toBe(4);
  });

  it('has one bin without width where all numbers are equal, and none where there is no number', () => {
    expect(gathered([[3, 3], [3]])).toEqual({ min: 3, max: 3, counts: Float64Array.of(3) });
    expect(gathered([[0, -0]])).toEqual({ min: 0, max: 0, counts: Float64Array.of(2) });
    expect(gathered([[NaN]])).toEqual({ min: NaN, max: NaN, counts: new Float64Array(0) });
  });

  it('gives up where the edges would be no numbers', () => {
    expect(gathered([[1], [1e308, -1e308], [2]])).toEqual({ min: NaN, max: NaN, counts: new Float64Array(0) });
  });

  it('tells float32 subnormals apart', () => {
    const { counts } = gathered([[1e-45, 3e-45], [6e-45]], false);
    expect([...(counts as Float64Array)].filter((count) => count > 0)).toEqual([1, 1, 1]);
  });
});
