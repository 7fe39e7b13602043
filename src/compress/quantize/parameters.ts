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
 * negative. onnxruntime takes 0 for it; `zeroOfNothing` reproduces that.
 */
export function quantizationParameters(
  range: Range,
  integers: IntegerRange,
  symmetric: boolean,
  { zeroOfNothing = false, fromStoredScale = false }: LikeReference = {},
): QuantizationParameters {
  let low = Math.min(Math.fround(range.min), 0);
  let high = Math.max(Math.fround(range.max), 0);
  if (symmetric) {
    high = Math.max(-low, high);
    low = -high;
  }
  const scale = Math.fround(high - low) / (integers.max - integers.min);
  const stored = Math.fround(scale);
  const middle = roundHalfToEven((integers.min + integers.max) / 2);
  if (scale < leastScale) {
    const isZero = zeroOfNothing && !(symmetric && fromStoredScale);
    return { scale: 1, zeroPoint: isZero ? 0 : symmetric ? middle : integers.min };
  }
  const zeroPoint = symmetric ? middle : roundHalfToEven(integers.min - low / (fromStoredScale ? stored : scale));
  return { scale: stored, zeroPoint };
}

/** What onnxruntime's quantizer does otherwise. */
interface LikeReference {
  /** The zero point of a range of zero alone is 0. */
  readonly zeroOfNothing?: boolean;
  /** Of blocks: the zero point follows from the scale as it is stored, in float32; of a symmetric one it is the middle always. */
  readonly fromStoredScale?: boolean;
}

/** How a range becomes a grid of integers. */
export interface Grid extends LikeReference {
  /** The integers that the scale is made for. */
  readonly integers: IntegerRange;
  readonly symmetric: boolean;
  /** Puts the zero point at the least integer or in the middle, nowhere else. */
  readonly restricted?: boolean;
  readonly powerOfTwo?: boolean;
}

/** The scale and zero point of a range on a grid. */
export function gridParameters(range: Range, grid: Grid): QuantizationParameters {
  const { integers, symmetric, restricted = false, powerOfTwo = false } = grid;
  const own =
    restricted && !symmetric
      ? restrictedParameters(range, integers)
      : quantizationParameters(range, integers, symmetric, grid);
  if (!powerOfTwo) return own;
  const scale = powerOfTwoAbove(own.scale);
  if (symmetric || restricted) return { scale, zeroPoint: own.zeroPoint };
  const low = Math.min(Math.fround(range.min), 0);
  return { scale, zeroPoint: low === 0 ? integers.min : roundHalfToEven(integers.min - low / scale) };
}

/**
 * The zero point of a range without negative numbers is the least integer, any other's the middle; the scale is the
 * least that cuts nothing off (onnxruntime, snap_zero_point_to_uint8). A range of zero alone has one step over all integers.
 */
function restrictedParameters(range: Range, { min, max }: IntegerRange): QuantizationParameters {
  const low = Math.min(Math.fround(range.min), 0);
  const high = Math.max(Math.fround(range.max), 0);
  const middle = Math.floor((min + max + 1) / 2);
  if (low >= 0) return { scale: Math.fround((high > 0 ? high : 1) / (max - min)), zeroPoint: min };
  return { scale: Math.fround(Math.max(-low / (middle - min), high / (max - middle))), zeroPoint: middle };
}

/** The least power of two that is not below a scale: it never clips what the scale does not. */
export function powerOfTwoAbove(scale: number): number {
  let power = 2 ** Math.round(Math.log2(scale));
  while (power < scale) power *= 2;
  while (power / 2 >= scale) power /= 2;
  return power;
}

/** Rounds to the nearest integer, ties to the even one. Exact for magnitudes below 2^51. */
export function roundHalfToEven(value: number): number {
  return value + 6755399441055744 - 6755399441055744;
}
