import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupElements } from '../../../../../src/compress/quantize/calibration/groupElements.js';
import type { WeightRangeOptions } from '../../../../../src/compress/quantize/calibration/weightRanges.js';
import { squaredError, weightRanges } from '../../../../../src/compress/quantize/calibration/weightRanges.js';
import { scaleRange } from '../../../../../src/compress/quantize/integerRange.js';
import { quantizationParameters, roundHalfToEven } from '../../../../../src/compress/quantize/parameters.js';
import { scaleLayout } from '../../../../../src/compress/quantize/scaleLayout.js';
import { normalNumbers } from '../../../../fixtures/random.js';

function options(
  calibration: WeightRangeOptions['calibration'],
  type: 'int8' | 'uint8' | 'int4' | 'uint4' | 'int2',
  symmetric: boolean,
  percentile = 99.9,
): WeightRangeOptions {
  const integers = scaleRange(type, symmetric, false);
  return {
    calibration,
    percentile,
    symmetric,
    integers,
    parametersOf: (range) => quantizationParameters(range, integers, symmetric),
  };
}

describe('groupElements', () => {
  it('brings together what shares a scale, in order', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.nat(4), fc.nat(3), (shape, axis, blockSize) => {
        const granularity = axis < shape.length ? { axis, ...(blockSize > 0 && { blockSize }) } : {};
        const layout = scaleLayout(shape, granularity);
        const count = shape.reduce((product, size) => product * size, 1);
        const data = Float32Array.from({ length: count }, (_, i) => i);
        const { elements, starts } = groupElements(data, layout);
        for (let s = 0; s < layout.scaleCount; s++) {
          const expected = [...data].filter((element) => layout.scaleOf(element) === s);
          expect([...elements.subarray(starts[s], starts[s + 1])]).toEqual(expected);
        }
      }),
    );
  });
});

describe('weightRanges', () => {
  it('takes the extremes of each scale', () => {
    const data = Float32Array.of(1, -2, 3, 0, 5, -0.5);
    const layout = scaleLayout([3, 2], { axis: 1 });
    expect(weightRanges(data, layout, options('minmax', 'int8', true))).toEqual([
      { min: 1, max: 5 },
      { min: -2, max: 0 },
    ]);
    data[2] = NaN;
    expect(weightRanges(data, layout, options('mse', 'int8', true))).toBeUndefined();
    data[2] = Infinity;
    expect(weightRanges(data, layout, options('percentile', 'int8', true))).toBeUndefined();
  });

  it('takes a percentile of the magnitudes as numpy.percentile does', () => {
    // numpy 2: np.percentile(np.abs(np.float32([3, -1, 4, -1.5, 5, -9, 2, 6])), [50, 90, 99])
    const data = Float32Array.of(3, -1, 4, -1.5, 5, -9, 2, 6);
    const limits = [50, 90, 99].map((percentile) => {
      const [range] = weightRanges(data, scaleLayout([8], {}), options('percentile', 'int8', true, percentile))!;
      return range;
    });
    expect(limits).toEqual([
      { min: -3.5, max: 3.5 },
      { min: expect.closeTo(-6.9, 6) as number, max: 6 },
      { min: expect.closeTo(-8.79, 6) as number, max: 6 },
    ]);
  });

  it('never leaves a greater squared error than the extremes do', () => {
    const numbers = fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true, min: -100, max: 100 });
    const types = fc.constantFrom(
      'int8' as const,
      'uint8' as const,
      'int4' as const,
      'uint4' as const,
      'int2' as const,
    );
    fc.assert(
      fc.property(numbers, types, fc.boolean(), (data, type, symmetric) => {
        const layout = scaleLayout([data.length], {});
        const mse = options('mse', type, symmetric);
        const [best] = weightRanges(data, layout, mse)!;
        const [whole] = weightRanges(data, layout, { ...mse, calibration: 'minmax' })!;
        const error = (range: typeof best) => squaredError(data, mse.parametersOf(range!), mse.integers);
        expect(error(best)).toBeLessThanOrEqual(error(whole));
      }),
    );
  });

  it('finds the least error of all ranges, but for a fraction of a percent', () => {
    for (const [type, symmetric] of [
      ['int8', true],
      ['int4', true],
      ['int2', true],
      ['uint4', false],
    ] as const) {
      const data = Float32Array.from(normalNumbers(2000, 7));
      const mse = options('mse', type, symmetric);
      const error = (min: number, max: number) => squaredError(data, mse.parametersOf({ min, max }), mse.integers);
      const [found] = weightRanges(data, scaleLayout([2000], {}), mse)!;
      let least = Infinity;
      for (let a = 0.02; a <= 6; a += 0.02) {
        if (symmetric) least = Math.min(least, error(-a, a));
        else for (let b = 0.02; b <= 6; b += 0.04) least = Math.min(least, error(-a, b));
      }
      expect(error(found!.min, found!.max)).toBeLessThan(1.005 * least);
    }
  });

  it('clips a heavy tail at 2 bits, each channel for itself', () => {
    const heavy = Float32Array.from(normalNumbers(1000, 3), (x) => x * Math.abs(x));
    const data = new Float32Array(2000);
    data.set(heavy, 0);
    data.set(
      heavy.map((x) => x * 10),
      1000,
    );
    const [a, b] = weightRanges(data, scaleLayout([2, 1000], { axis: 0 }), options('mse', 'int2', true))!;
    expect(a!.max).toBeLessThan(0.8 * Math.max(...heavy.map(Math.abs)));
    expect(b!.max).toBeCloseTo(10 * a!.max, 3);
  });
});

describe('squaredError', () => {
  it('is the sum over what DequantizeLinear gives back', () => {
    const numbers = fc.float32Array({ maxLength: 50, noNaN: true, min: -10, max: 10 });
    fc.assert(
      fc.property(
        numbers,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.integer({ min: -3, max: 3 }),
        (data, scale, zeroPoint) => {
          const integers = { min: -8, max: 7 };
          let expected = 0;
          for (const x of data) {
            const code = Math.min(7, Math.max(-8, roundHalfToEven(x * (1 / scale)) + zeroPoint));
            expected += (x - (code - zeroPoint) * scale) ** 2;
          }
          const found = squaredError(data, { scale, zeroPoint }, integers);
          expect(Math.abs(found - expected)).toBeLessThan(1e-9 * (1 + expected));
          expect(squaredError(data, { scale, zeroPoint }, integers, expected * 1.01 + 1e-12)).toBeCloseTo(expected, 9);
          if (expected > 1e-9) expect(squaredError(data, { scale, zeroPoint }, integers, expected / 2)).toBe(Infinity);
        },
      ),
    );
  });
});
