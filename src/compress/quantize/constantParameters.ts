/** Scale and zero point of the constants of integer operators. */
import type { Range } from '../method.js';
import { weightRanges } from './calibration/weightRanges.js';
import { fullRange, scaleRange } from './integerRange.js';
import type { QuantizedType } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import { isExact, isRangeReduced } from './options.js';
import { quantizationParameters } from './parameters.js';
import { scaleLayout } from './scaleLayout.js';
import type { ValueParameters } from './valueParameters.js';

export interface ConstantUse {
  /** A factor with settings of its own, or a constant like an activation. */
  readonly isWeight: boolean;
  readonly type: QuantizedType;
  readonly symmetric: boolean;
  /** The channels' axis where each has a scale; below zero it counts from the last. */
  readonly axis?: number;
}

/** The grid of a constant; undefined where an element is not finite or they lie too far apart for one scale. */
export function constantParameters(
  data: Float32Array,
  shape: readonly number[],
  use: ConstantUse,
  options: QuantizeOptions,
): ValueParameters | undefined {
  const { type, symmetric, isWeight } = use;
  const axis = use.axis !== undefined && use.axis < 0 ? use.axis + shape.length : use.axis;
  const integers = scaleRange(type, symmetric, isWeight && isRangeReduced(options));
  const parametersOf = (range: Range) =>
    quantizationParameters(range, integers, symmetric, { zeroOfNothing: isExact(options) });
  const calibration = isWeight ? options.weightCalibration : 'minmax';
  const ranges = weightRanges(data, scaleLayout(shape, { axis }), {
    calibration,
    percentile: options.weightPercentile,
    symmetric,
    integers,
    parametersOf,
  });
  if (!ranges?.every(isUsable)) return undefined;
  const all = ranges.map(parametersOf);
  return {
    type,
    axis,
    // What lies beyond a clipping range must not take integers that the scale was not made for.
    integers: calibration === 'minmax' ? fullRange(type) : integers,
    scales: Float32Array.from(all, (each) => each.scale),
    zeroPoints: all.map((each) => each.zeroPoint),
  };
}

/** An empty tensor has a range whose least element is above the greatest. */
export function isUsable({ min, max }: Range): boolean {
  return min > max || Number.isFinite(Math.fround(Math.fround(max) - Math.fround(min)));
}
