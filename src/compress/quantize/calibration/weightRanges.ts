/** Clipping ranges of weights, from the weights alone. */
import { leastAt } from '../../../tensor/leastAt.js';
import type { Range } from '../../method.js';
import type { IntegerRange } from '../integerRange.js';
import type { QuantizationParameters } from '../parameters.js';
import type { ScaleLayout } from '../scaleLayout.js';
import { groupElements } from './groupElements.js';

export interface WeightRangeOptions {
  readonly calibration: 'minmax' | 'mse' | 'percentile';
  /** Percent of the magnitudes of each scale that a percentile keeps. */
  readonly percentile: number;
  readonly symmetric: boolean;
  /** The integers that weights will be cut off at. A range narrower than the weights relies on that. */
  readonly integers: IntegerRange;
  /** The scale and zero point that a range comes to: what the error is measured with. */
  parametersOf(range: Range): QuantizationParameters;
}

/**
 * The clipping range of every scale, in the order of the scales; undefined where an element is not finite. An empty group
 * has a range whose least element is above the greatest.
 *
 * - minmax: the extremes.
 * - percentile: of the magnitudes, with linear interpolation between the two nearest (numpy.percentile); the extremes
 *   where they lie within (Wu et al. 2020, Integer Quantization for Deep Learning Inference, section 3.2, of magnitudes).
 * - mse: the range whose scale and zero point leave the least sum of squared errors, by search over the ends of the
 *   range (Choukroun et al. 2019, Low-bit Quantization of Neural Networks for Efficient Inference, section 3.1). Never worse than
 *   minmax.
 */
export function weightRanges(
  data: Float32Array,
  layout: ScaleLayout,
  options: WeightRangeOptions,
): Range[] | undefined {
  const { elements, starts } = groupElements(data, layout);
  const groups = Array.from({ length: layout.scaleCount }, (_, s) => elements.subarray(starts[s], starts[s + 1]));
  const extremes = groups.map(extremesOf);
  if (!extremes.every((range) => range !== undefined)) return undefined;
  return groups.map((group, s) => clippedRange(group, extremes[s]!, options));
}

function clippedRange(elements: Float32Array, range: Range, options: WeightRangeOptions): Range {
  if (options.calibration === 'minmax' || range.min > range.max) return range;
  return options.calibration === 'percentile'
    ? percentileRange(elements, range, options.percentile)
    : leastErrorRange(elements, range, options);
}

/** Undefined where an element is not finite. */
function extremesOf(elements: Float32Array): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < elements.length; i++) {
    const x = elements[i]!;
    if (x - x !== 0) return undefined;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { min, max };
}

function percentileRange(elements: Float32Array, { min, max }: Range, percentile: number): Range {
  const magnitudes = elements.map(Math.abs).sort();
  const place = (percentile / 100) * (magnitudes.length - 1);
  const below = Math.floor(place);
  const low = magnitudes[below]!;
  const limit = low + (place - below) * ((magnitudes[below + 1] ?? low) - low);
  return { min: Math.max(min, -limit), max: Math.min(max, limit) };
}

/** Fine enough that the error of a channel is within a fraction of a percent of the least. */
const oneEnd = [32, 16, 16];
const twoEnds = [16, 8, 8];

/**
 * On a symmetric grid one end is searched. It may lie beyond the weights where the grid has more integers on the other
 * side of zero (-2..1: the scale of -m..m has m at 1.5 steps). Else both ends are searched in turn.
 */
function leastErrorRange(elements: Float32Array, range: Range, options: WeightRangeOptions): Range {
  const error = (min: number, max: number, bound: number) =>
    squaredError(elements, options.parametersOf({ min, max }), options.integers, bound);
  if (options.symmetric) {
    const { min, max } = options.integers;
    const middle = Math.round(options.parametersOf(range).zeroPoint);
    const shorter = Math.max(1, Math.min(middle - min, max - middle));
    const reach = Math.max(-range.min, range.max) * Math.max(1, (max - min) / (2 * shorter));
    const whole = Math.max(-range.min, range.max);
    if (whole === 0) return range;
    const best = leastAt(reach, (at, bound) => error(-at, at, bound), oneEnd);
    const asItIs = error(range.min, range.max, Infinity);
    return best.value < asItIs ? { min: -best.at, max: best.at } : range;
  }
  let low = Math.min(range.min, 0);
  let high = Math.max(range.max, 0);
  for (let round = 0; round < 2; round++) {
    if (high > 0) high = leastAt(high, (at, bound) => error(low, at, bound), twoEnds).at;
    if (low < 0) low = -leastAt(-low, (at, bound) => error(-at, high, bound), twoEnds).at;
  }
  return { min: low, max: high };
}

/** Elements after which a hopeless sum is given up. */
const stretch = 256;

/** The sum of (x - (q - zero point) * scale)^2, or Infinity once that is not below `bound`. Rounds half to even. */
export function squaredError(
  elements: Float32Array,
  { scale, zeroPoint }: QuantizationParameters,
  integers: IntegerRange,
  bound = Infinity,
): number {
  const perScale = 1 / scale;
  const least = integers.min - zeroPoint;
  const greatest = integers.max - zeroPoint;
  const limit = bound * perScale * perScale;
  let sum = 0;
  for (let start = 0; start < elements.length; start += stretch) {
    const end = Math.min(start + stretch, elements.length);
    sum += errorInSteps(elements, start, end, perScale, least, greatest);
    if (sum >= limit) return Infinity;
  }
  return sum * scale * scale;
}

/** Two sums, so that one addition need not wait for the other. */
function errorInSteps(
  elements: Float32Array,
  start: number,
  end: number,
  perScale: number,
  least: number,
  greatest: number,
): number {
  let even = 0;
  let odd = 0;
  let i = start;
  for (; i + 1 < end; i += 2) {
    const a = offInSteps(elements[i]! * perScale, least, greatest);
    const b = offInSteps(elements[i + 1]! * perScale, least, greatest);
    even += a * a;
    odd += b * b;
  }
  if (i < end) even += offInSteps(elements[i]! * perScale, least, greatest) ** 2;
  return even + odd;
}

function offInSteps(steps: number, least: number, greatest: number): number {
  const code = steps + 6755399441055744 - 6755399441055744;
  return steps - Math.min(Math.max(code, least), greatest);
}
