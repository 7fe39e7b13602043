import type { IntegerRange, QuantizedType } from './integerRange.js';
import { fullRange } from './integerRange.js';
import type { QuantizationParameters } from './parameters.js';

/**
 * The grid of real numbers that a value's integers stand for: real = (integer - zeroPoint) * scale. One scale and zero point
 * for all elements; with `axis` one for each index of that axis; with `blockSize`, too, one for each run of so many
 * elements along the axis and each index of all others (DequantizeLinear since operator set 21: `scales` have the shape of
 * the value, but for ceil(length / blockSize) along the axis).
 */
export interface ValueParameters {
  readonly type: QuantizedType;
  readonly axis?: number;
  readonly blockSize?: number;
  /** The integers that may be used; narrower than the type where a width has no type of its own. */
  readonly integers: IntegerRange;
  readonly scales: Float32Array;
  readonly zeroPoints: readonly number[];
}

/** One scale and zero point; all integers of the type may be used unless told otherwise. */
export function singleParameters(
  type: QuantizedType,
  { scale, zeroPoint }: QuantizationParameters,
  integers = fullRange(type),
): ValueParameters {
  return { type, integers, scales: Float32Array.of(scale), zeroPoints: [zeroPoint] };
}
