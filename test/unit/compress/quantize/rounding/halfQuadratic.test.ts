import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullRange } from '../../../../../src/compress/quantize/integerRange.js';
import type { QuantizationParameters } from '../../../../../src/compress/quantize/parameters.js';
import { quantizationParameters, roundHalfToEven } from '../../../../../src/compress/quantize/parameters.js';
import { halfQuadratic, halfQuadraticDefaults } from '../../../../../src/compress/quantize/rounding/halfQuadratic.js';

const integers = fullRange('uint4');

/** The sum of |x - (q - zero point) scale|^p, in steps of a given scale. */
function loss(elements: Float32Array, { scale, zeroPoint }: QuantizationParameters, unit: number): number {
  return elements.reduce((sum, x) => {
    const code = Math.min(Math.max(roundHalfToEven(x / scale + zeroPoint), integers.min), integers.max);
    return sum + Math.abs((x - (code - zeroPoint) * scale) / unit) ** halfQuadraticDefaults.norm;
  }, 0);
}

const weights = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 16, maxLength: 64 })
  .map((numbers) => Float32Array.from(numbers));

/** Neither so small that another unit would lose bits, nor all zero. */
const plainWeights = fc
  .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 16, maxLength: 64 })
  .map((numbers) => Float32Array.from([1, ...numbers], (x) => x / 1024));

function startOf(elements: Float32Array): QuantizationParameters {
  return quantizationParameters({ min: Math.min(...elements), max: Math.max(...elements) }, integers, false);
}

describe('half-quadratic grids', () => {
  it.each(['scale', 'zero-point'] as const)('lose no more than those they start from, by the %s', (moves) => {
    fc.assert(
      fc.property(weights, (elements) => {
        const start = startOf(elements);
        const better = halfQuadratic(elements, start, integers, moves);
        // The scale is rounded to float32 at last, and where an error is 0 the norm is steep.
        const slack = 1e-3 * elements.length;
        expect(loss(elements, better, start.scale)).toBeLessThanOrEqual(loss(elements, start, start.scale) + slack);
      }),
    );
  });

  it.each([
    ['scale', 0.99],
    ['zero-point', 0.97],
  ] as const)('lose less on weights with an outlier, by the %s', (moves, most) => {
    const elements = Float32Array.from({ length: 64 }, (_, i) => (i === 7 ? 1 : Math.sin(i * 12.9898) / 5));
    const start = startOf(elements);
    const better = halfQuadratic(elements, start, integers, moves);
    expect(loss(elements, better, start.scale)).toBeLessThan(loss(elements, start, start.scale) * most);
  });

  it('do not depend on the unit of the weights', () => {
    fc.assert(
      fc.property(plainWeights, fc.integer({ min: -12, max: 12 }), (elements, exponent) => {
        const unit = 2 ** exponent;
        const here = halfQuadratic(elements, startOf(elements), integers, 'scale');
        const scaled = elements.map((x) => x * unit);
        const there = halfQuadratic(scaled, startOf(scaled), integers, 'scale');
        expect(there).toEqual({ scale: here.scale * unit, zeroPoint: here.zeroPoint });
      }),
    );
  });

  it('keep a block of zeros as it is', () => {
    const start = { scale: 1, zeroPoint: 0 };
    expect(halfQuadratic(new Float32Array(16), start, integers, 'scale')).toEqual(start);
  });
});
