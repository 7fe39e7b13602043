/** Clipping ranges of activations, from what was measured of them over the samples. */
import type { ClippingRange, RangeGrid } from '../../../inspect/histogramRanges.js';
import { entropyRange, leastErrorRange, percentileRange } from '../../../inspect/histogramRanges.js';
import type { ActivationStatistics as Distribution } from '../../../tensor/activationStatistics.js';
import { magnitudeEdges, onnxruntimePercentile } from '../../../tensor/magnitudeBins.js';
import type { ActivationStatistics, Range, StatisticsRequest } from '../../method.js';
import type { IntegerRange } from '../integerRange.js';
import type { QuantizationParameters } from '../parameters.js';

/** How ranges are chosen: of the options of quantization. */
export interface CalibrationChoice {
  readonly calibration: 'minmax' | 'moving-average' | 'percentile' | 'entropy' | 'mse' | 'layerwise-percentile';
  /** Percent of the elements that a percentile keeps. */
  readonly percentile: number;
  /** What each sample weighs in a moving average. */
  readonly averagingConstant: number;
  readonly compat: 'none' | 'onnxruntime';
}

/** The grid of a value: the integers it may use, and what scale and zero point a range comes to. */
export interface ActivationGrid {
  readonly integers: IntegerRange;
  readonly symmetric: boolean;
  parametersOf(range: Range): QuantizationParameters;
}

/** What must be measured of values so that `activationRanges` can choose their ranges. */
export function calibrationRequest(
  values: readonly string[],
  { calibration, averagingConstant, compat }: CalibrationChoice,
): StatisticsRequest {
  const exact = compat === 'onnxruntime';
  // With the 128 bins and 128 levels of quantize_static there is one candidate for entropy: the extremes.
  if (calibration === 'minmax' || (calibration === 'entropy' && exact)) return { ranges: values };
  if (calibration === 'moving-average') {
    return { ranges: [], averages: { values, constant: exact ? null : averagingConstant } };
  }
  if (calibration === 'percentile' && exact) return { ranges: [], magnitudes: { values, bins: onnxruntimeBins } };
  return { ranges: [], distributions: new Map(values.map((value) => [value, null])) };
}

/** Of onnxruntime's PercentileCalibrater, as quantize_static makes it. */
const onnxruntimeBins = 2048;

/**
 * The range of every value of which something was measured. A value with an infinite element has an infinite range,
 * whatever the choice.
 *
 * - minmax: the extremes over all samples (Jacob et al. 2018, section 3.1, without the average).
 * - moving-average: each sample moves the ends by a part of what they differ by (the same section).
 * - percentile, entropy, mse: from the distribution, see `histogramRanges`.
 */
export function activationRanges(
  { ranges, averages, distributions, magnitudes }: ActivationStatistics,
  choice: CalibrationChoice,
  gridOf: (value: string) => ActivationGrid,
): Map<string, Range> {
  const chosen = new Map([...ranges, ...(averages ?? [])]);
  for (const [value, distribution] of distributions ?? []) {
    if (distribution) chosen.set(value, rangeOf(distribution, choice, gridOf(value)));
  }
  for (const [value, found] of magnitudes ?? []) {
    if (found) chosen.set(value, percentileLikeOnnxruntime(found, choice.percentile));
  }
  return chosen;
}

function percentileLikeOnnxruntime(found: Distribution, percentile: number): Range {
  const { infinities, histogram } = found;
  if (infinities > 0 || histogram.counts.length !== onnxruntimeBins) return extremesOf(found);
  const edges = magnitudeEdges(histogram.min, histogram.max, onnxruntimeBins);
  return onnxruntimePercentile(edges, histogram.counts, percentile, found);
}

/** Infinite ones included. */
function extremesOf({ min, max, infinities, negativeInfinities }: Distribution): Range {
  return {
    min: negativeInfinities > 0 ? -Infinity : min,
    max: infinities > negativeInfinities ? Infinity : max,
  };
}

function rangeOf(distribution: Distribution, choice: CalibrationChoice, grid: ActivationGrid): Range {
  const { min, max, infinities, histogram } = distribution;
  if (infinities > 0) return extremesOf(distribution);
  if (histogram.counts.length < 2) return { min, max };
  switch (choice.calibration) {
    case 'percentile':
    case 'layerwise-percentile':
      return percentileRange(distribution, choice.percentile, grid.symmetric);
    case 'entropy':
      return entropyRange(distribution, rangeGrid(grid));
    case 'mse':
      return leastErrorRange(distribution, rangeGrid(grid));
    default:
      return { min, max };
  }
}

export function rangeGrid({ integers, symmetric, parametersOf }: ActivationGrid): RangeGrid {
  return {
    symmetric,
    gridOf(range: ClippingRange) {
      const { scale, zeroPoint } = parametersOf(range);
      return { scale, zeroPoint, first: integers.min - zeroPoint, last: integers.max - zeroPoint, ...range };
    },
  };
}
