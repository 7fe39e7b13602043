/** Scale and zero point of affine quantization: real = (integer - zeroPoint) * scale. */
import type { Range } from '../method.js';
import type { IntegerRange } from './integerRange.js';

export interface QuantizationParameters {
  /** A float32 above zero. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The least normal float32: a smaller scale would lose its precision. */
const leastScale = 2 ** -126;

/**
 * The scale and zero point that map `range`, widened to hold zero, onto `integers` (Jacob et al. 2018, section 2.1). The
 * difference of the ends is taken in float32 and all else in float64, as onnxruntime's quantizer does it
 * (compute_scale_zp). An empty range (min above max) counts as zero alone.
 *
 * A range of zero alone has scale 1. Its zero point is the one that any other range of this kind would have: the middle
 * where symmetric, so that all channels agree, else the least integer, so that saturation still cuts off what is
 * negative. onnxruntime takes 0 for it always; `zeroOfNothing` reproduces that.
 */
export function quantizationParameters(
  range: Range,
  integers: IntegerRange,
  symmetric: boolean,
  zeroOfNothing = false,
): QuantizationParameters {
  let low = Math.min(Math.fround(range.min), 0);
  let high = Math.max(Math.fround(range.max), 0);
  if (symmetric) {
    high = Math.max(-low, high);
    low = -high;
  }
  const scale = Math.fround(high - low) / (integers.max - integers.min);
  const middle = roundHalfToEven((integers.min + integers.max) / 2);
  if (scale < leastScale) return { scale: 1, zeroPoint: zeroOfNothing ? 0 : symmetric ? middle : integers.min };
  const zeroPoint = symmetric ? middle : roundHalfToEven(integers.min - low / scale);
  return { scale: Math.fround(scale), zeroPoint };
}

/** Rounds to the nearest integer, ties to the even one. Exact for magnitudes below 2^51. */
export function roundHalfToEven(value: number): number {
  return value + 6755399441055744 - 6755399441055744;
}
