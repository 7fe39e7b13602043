import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullRange, scaleRange } from '../../../../src/compress/quantize/integerRange.js';
import { quantizationParameters, roundHalfToEven } from '../../../../src/compress/quantize/parameters.js';

const types = fc.constantFrom('int8', 'uint8');
const floats = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) });
const ranges = fc.tuple(floats, floats).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

describe('quantizationParameters', () => {
  it('give the worked values of onnxruntime 1.30', () => {
    const range = { min: -1, max: 2 };
    const of = (type: 'int8' | 'uint8', symmetric: boolean, reduced = false) =>
      quantizationParameters(range, scaleRange(type, symmetric, reduced), symmetric);
    expect(of('int8', true)).toEqual({ scale: 0.015748031437397003, zeroPoint: 0 });
    expect(of('int8', false)).toEqual({ scale: 0.0117647061124444, zeroPoint: -43 });
    expect(of('uint8', false)).toEqual({ scale: 0.0117647061124444, zeroPoint: 85 });
    expect(of('int8', true, true)).toEqual({ scale: 0.03125, zeroPoint: 0 });
    expect(of('uint8', true).zeroPoint).toBe(128);
    expect(of('uint8', true, true).zeroPoint).toBe(64);
  });

  it('hold zero exactly: its integer is the zero point, which the type has', () => {
    fc.assert(
      fc.property(ranges, types, fc.boolean(), fc.boolean(), (range, type, symmetric, reduced) => {
        const { scale, zeroPoint } = quantizationParameters(range, scaleRange(type, symmetric, reduced), symmetric);
        const { min, max } = fullRange(type);
        expect(scale).toBeGreaterThan(0);
        expect(Number.isInteger(zeroPoint)).toBe(true);
        expect(zeroPoint).toBeGreaterThanOrEqual(min);
        expect(zeroPoint).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('cover the range, to within half a step at its ends', () => {
    fc.assert(
      fc.property(ranges, types, fc.boolean(), (range, type, symmetric) => {
        const integers = scaleRange(type, symmetric, false);
        const { scale, zeroPoint } = quantizationParameters(range, integers, symmetric);
        const slack = scale * (symmetric ? 1.0001 : 0.5001);
        expect((integers.min - zeroPoint) * scale).toBeLessThanOrEqual(Math.min(range.min, 0) + slack);
        expect((integers.max - zeroPoint) * scale).toBeGreaterThanOrEqual(Math.max(range.max, 0) - slack);
      }),
    );
  });

  it('have a fixed zero point where symmetric, for a range of nothing too', () => {
    fc.assert(
      fc.property(ranges, (range) => {
        expect(quantizationParameters(range, scaleRange('int8', true, false), true).zeroPoint).toBe(0);
        expect(quantizationParameters(range, scaleRange('uint8', true, false), true).zeroPoint).toBe(128);
      }),
    );
    const nothing = { min: 0, max: 0 };
    expect(quantizationParameters(nothing, scaleRange('uint8', true, false), true)).toEqual({
      scale: 1,
      zeroPoint: 128,
    });
    expect(quantizationParameters(nothing, fullRange('int8'), false)).toEqual({ scale: 1, zeroPoint: -128 });
    expect(quantizationParameters(nothing, fullRange('int8'), false, { zeroOfNothing: true })).toEqual({
      scale: 1,
      zeroPoint: 0,
    });
  });

  it('take an empty range for zero alone', () => {
    const empty = { min: Infinity, max: -Infinity };
    expect(quantizationParameters(empty, fullRange('uint8'), false)).toEqual({ scale: 1, zeroPoint: 0 });
  });
});

describe('roundHalfToEven', () => {
  it('rounds ties to even and all else to the nearest', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map(roundHalfToEven).map((each) => each + 0)).toEqual([
      0, 2, 2, 0, -2, -2,
    ]);
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), (value) => {
        expect(Math.abs(roundHalfToEven(value) - value)).toBeLessThanOrEqual(0.5);
      }),
    );
  });
});
