import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { biasScales, quantizeBias, scalesForBias } from '../../../../src/compress/quantize/bias.js';

const scale = fc.float({ min: Math.fround(1e-12), max: 1, noNaN: true });
const bias = fc.float({ min: Math.fround(-1e4), max: Math.fround(1e4), noNaN: true });
const channels = fc.array(fc.tuple(scale, bias), { minLength: 1, maxLength: 8 }).map((pairs) => ({
  scales: Float32Array.from(pairs, ([s]) => s),
  biases: Float32Array.from(pairs, ([, b]) => b),
}));

describe('a bias in 32 bits', () => {
  it('fits once its weight scales are enlarged, and errs by half a step', () => {
    fc.assert(
      fc.property(scale, channels, fc.boolean(), (input, { scales, biases }, perChannel) => {
        const weightScales = perChannel ? scales : scales.slice(0, 1);
        const enlarged = scalesForBias(input, weightScales, biases, perChannel) ?? weightScales;
        const own = biasScales(input, enlarged, 1);
        const integers = quantizeBias(biases, own);
        for (const [i, value] of biases.entries()) {
          const step = own[perChannel ? i : 0]!;
          expect(Math.abs(integers[i]! * step - value)).toBeLessThanOrEqual(step * 0.5001 + Math.abs(value) * 1e-12);
        }
      }),
    );
  });

  it('leaves scales alone that are large enough, and never makes one smaller', () => {
    expect(scalesForBias(0.01, Float32Array.of(0.01), Float32Array.of(3), true)).toBeUndefined();
    fc.assert(
      fc.property(scale, channels, (input, { scales, biases }) => {
        const enlarged = scalesForBias(input, scales, biases, true);
        for (const [i, each] of (enlarged ?? scales).entries()) expect(each).toBeGreaterThanOrEqual(scales[i]!);
      }),
    );
  });

  it('is cut off where it does not fit', () => {
    const integers = quantizeBias(Float32Array.of(1, -1, 0), Float32Array.of(1e-12));
    expect([...integers]).toEqual([2147483647, -2147483648, 0]);
  });
});
