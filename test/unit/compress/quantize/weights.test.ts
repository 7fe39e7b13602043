import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntegerType } from '../../../../src/compress/quantize/integerRange.js';
import { fullRange, scaleRange } from '../../../../src/compress/quantize/integerRange.js';
import { quantizationParameters } from '../../../../src/compress/quantize/parameters.js';
import { scaleLayout } from '../../../../src/compress/quantize/scaleLayout.js';
import { singleParameters } from '../../../../src/compress/quantize/valueParameters.js';
import { dequantizeArray, quantizeArray, scaleRanges } from '../../../../src/compress/quantize/weights.js';

const types = fc.constantFrom<IntegerType>('int8', 'uint8');
const element = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) });
const tensors = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }))
  .chain((shape) => {
    const length = shape[0] * shape[1] * shape[2];
    return fc
      .array(element, { minLength: length, maxLength: length })
      .map((data) => ({ shape, data: Float32Array.from(data) }));
  });

/** Quantizes and dequantizes by the tensor's own range. */
function roundTrip(
  data: Float32Array,
  shape: readonly number[],
  axis: number | undefined,
  type: IntegerType,
  symmetric: boolean,
) {
  const layout = scaleLayout(shape, { axis });
  const all = scaleRanges(data, layout)!.map((range) =>
    quantizationParameters(range, scaleRange(type, symmetric, false), symmetric),
  );
  const scales = Float32Array.from(all, (each) => each.scale);
  const zeroPoints = all.map((each) => each.zeroPoint);
  const parameters = { type, axis, integers: fullRange(type), scales, zeroPoints };
  const integers = quantizeArray(data, shape, parameters);
  return { layout, scales, parameters, integers, real: dequantizeArray(integers, shape, parameters) };
}

const squaredError = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);

describe('quantizing and back', () => {
  it('errs by half a step at most, of each channel its own', () => {
    fc.assert(
      fc.property(tensors, types, ({ shape, data }, type) => {
        const { real, scales, layout } = roundTrip(data, shape, 1, type, true);
        for (const [i, x] of data.entries()) {
          const scale = scales[layout.scaleOf(i)]!;
          // The greatest element of a symmetric uint8 range lies at 127.5 steps.
          const steps = type === 'uint8' ? 0.5001 + 0.5 : 0.5001;
          expect(Math.abs(real[i]! - x)).toBeLessThanOrEqual(scale * steps);
        }
      }),
    );
  });

  it('errs by half a step at most with free zero points, but for the rounding of the zero point', () => {
    fc.assert(
      fc.property(tensors, types, ({ shape, data }, type) => {
        const { real, scales } = roundTrip(data, shape, undefined, type, false);
        for (const [i, x] of data.entries()) expect(Math.abs(real[i]! - x)).toBeLessThanOrEqual(scales[0]! * 1.0001);
      }),
    );
  });

  it('keeps zero', () => {
    fc.assert(
      fc.property(tensors, types, fc.boolean(), ({ shape, data }, type, symmetric) => {
        data[0] = 0;
        expect(roundTrip(data, shape, undefined, type, symmetric).real[0]).toBe(0);
      }),
    );
  });

  it('keeps the order of elements', () => {
    fc.assert(
      fc.property(tensors, types, fc.boolean(), ({ shape, data }, type, symmetric) => {
        data.sort();
        const { integers } = roundTrip(data, shape, undefined, type, symmetric);
        for (let i = 1; i < integers.length; i++) expect(integers[i]).toBeGreaterThanOrEqual(integers[i - 1]!);
      }),
    );
  });

  it('changes nothing when done again by the same scale', () => {
    fc.assert(
      fc.property(tensors, types, fc.boolean(), ({ shape, data }, type, symmetric) => {
        const { real, integers, parameters } = roundTrip(data, shape, 1, type, symmetric);
        expect(quantizeArray(real, shape, parameters)).toEqual(integers);
      }),
    );
  });

  it('has no greater bound on the error per channel than per tensor', () => {
    fc.assert(
      fc.property(tensors, ({ shape, data }) => {
        const whole = roundTrip(data, shape, undefined, 'int8', true);
        const each = roundTrip(data, shape, 1, 'int8', true);
        for (const scale of each.scales) {
          // A channel of zeros has scale 1 and no error.
          expect(scale === 1 || scale <= whole.scales[0]!).toBe(true);
        }
      }),
    );
    // A channel of small weights beside one of large ones keeps its precision.
    const data = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * 12.9898) * (i < 32 ? 0.01 : 1));
    const whole = roundTrip(data, [2, 32], undefined, 'int8', true);
    const each = roundTrip(data, [2, 32], 0, 'int8', true);
    const errorOfSmall = (real: Float32Array) => squaredError(data.slice(0, 32), real.slice(0, 32));
    expect(errorOfSmall(each.real)).toBeLessThan(errorOfSmall(whole.real) / 1000);
  });
});

describe('quantizeArray', () => {
  const quantized = (data: Float32Array, type: IntegerType, scale = 1, zeroPoint = 0) => [
    ...quantizeArray(data, [data.length], singleParameters(type, { scale, zeroPoint })),
  ];

  it('gives the worked values of onnxruntime 1.30', () => {
    const data = Float32Array.of(-1, -0.3, 0.1, 0.8, 2);
    const of = (type: IntegerType, scale: number, zeroPoint: number) => quantized(data, type, scale, zeroPoint);
    expect(of('int8', 0.015748031437397003, 0)).toEqual([-64, -19, 6, 51, 127]);
    expect(of('int8', 0.0117647061124444, -43)).toEqual([-128, -69, -35, 25, 127]);
    expect(of('uint8', 0.0117647061124444, 85)).toEqual([0, 59, 93, 153, 255]);
    expect(of('int8', 0.03125, 0)).toEqual([-32, -10, 3, 26, 64]);
  });

  it('rounds ties to even and cuts off at the limits of the type', () => {
    const ties = Float32Array.of(0.5, 1.5, 2.5, -0.5, -1.5);
    expect(quantized(ties, 'int8')).toEqual([0, 2, 2, 0, -2]);
    const far = Float32Array.of(1e30, -1e30, 1000, -1000, 127.4);
    expect(quantized(far, 'int8')).toEqual([127, -128, 127, -128, 127]);
    expect(quantized(far, 'uint8', 1, 128)).toEqual([255, 0, 255, 0, 255]);
  });
});

describe('scaleRanges', () => {
  it('finds least and greatest by channel of any axis', () => {
    const data = Float32Array.of(1, -2, 3, 4, 5, -6);
    expect(scaleRanges(data, scaleLayout([2, 3], { axis: 0 }))).toEqual([
      { min: -2, max: 3 },
      { min: -6, max: 5 },
    ]);
    expect(scaleRanges(data, scaleLayout([2, 3], { axis: 1 }))).toEqual([
      { min: 1, max: 4 },
      { min: -2, max: 5 },
      { min: -6, max: 3 },
    ]);
  });

  it('refuses what is not finite', () => {
    for (const odd of [NaN, Infinity, -Infinity]) {
      expect(scaleRanges(Float32Array.of(1, odd), scaleLayout([2], {}))).toBeUndefined();
    }
  });
});
