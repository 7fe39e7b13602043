/**
 * Clipping ranges of values that are known by a histogram: what the calibrators of quantization make of it. Browser-safe.
 */
import type { Histogram } from '../tensor/histogram.js';
import { leastAt } from '../tensor/leastAt.js';
import { binnedWeights, clippingError, roundingError } from './binnedWeights.js';
import type { IntegerGrid } from './integerGrid.js';

/** A histogram with what is known exactly beside it: the finite extremes, which bins may reach beyond, and the zeros. */
export interface BinnedValues {
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly histogram: Histogram;
}

export interface ClippingRange {
  readonly min: number;
  readonly max: number;
}

/** `gridOf` makes the grid of a range; of a symmetric one both ends are alike. */
export interface RangeGrid {
  readonly symmetric: boolean;
  gridOf(range: ClippingRange): IntegerGrid;
}

/**
 * What is left within the extremes when so many percent of the values are kept: where symmetric, of the magnitudes; else
 * half of what is cut off at either end. Within a bin values are taken as spread evenly, so that an end is off by less
 * than a bin. (Wu et al. 2020, Integer Quantization for Deep Learning Inference, arXiv 2004.09602, section 3.2.)
 */
export function percentileRange(values: BinnedValues, percentile: number, symmetric: boolean): ClippingRange {
  const { min, max } = values;
  if (!(min < max)) return { min, max };
  const countBelow = cumulative(values.histogram);
  const total = countBelow(Infinity);
  const cut = (1 - percentile / 100) * total;
  if (symmetric) {
    const limit = leastWith(0, Math.max(-min, max), (at) => total - countBelow(at) + countBelow(-at) <= cut);
    return { min: Math.max(min, -limit), max: Math.min(max, limit) };
  }
  const high = leastWith(min, max, (at) => total - countBelow(at) <= cut / 2);
  const low = -leastWith(-max, -min, (at) => countBelow(-at) <= cut / 2);
  return low <= high ? { min: low, max: high } : { min, max };
}

/** How many values lie below a place. */
function cumulative({ min, max, counts }: Histogram): (at: number) => number {
  const width = (max - min) / counts.length;
  const below = cumulativeCounts(counts);
  return (at) => {
    const place = (at - min) / width;
    if (place <= 0) return 0;
    if (place >= counts.length) return below[counts.length]!;
    const bin = Math.floor(place);
    return below[bin]! + (place - bin) * counts[bin]!;
  };
}

function cumulativeCounts(counts: ArrayLike<number>): Float64Array {
  const below = new Float64Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) below[i + 1] = below[i]! + counts[i]!;
  return below;
}

/** The least place, but for a rounding, from which on something holds: `to` where it holds nowhere before. */
function leastWith(from: number, to: number, holds: (at: number) => boolean): number {
  let low = from;
  let high = to;
  for (let step = 0; step < 64; step++) {
    const middle = low + (high - low) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The window around zero whose values, rounded to the levels of its grid, tell the least other distribution: the least
 * Kullback-Leibler divergence (Migacz 2017, 8-bit Inference with TensorRT, slides 29 to 39). What lies outside counts at the ends.
 * Exact zeros stand aside: every grid has them. Both ends move by the same magnitude, but not beyond the extremes. With
 * fewer bins than levels nothing can be told, and the extremes are the answer.
 */
export function entropyRange(values: BinnedValues, { gridOf }: RangeGrid): ClippingRange {
  const { min, max, zeros, histogram } = values;
  if (!(min < max)) return { min, max };
  const { min: from, width, counts } = binnedWeights(histogram, zeros);
  const origin = -from / width;
  const prefix = cumulativeCounts(counts);
  let least = Infinity;
  let best: ClippingRange = { min, max };
  const farthest = Math.ceil(Math.max(origin, counts.length - origin));
  for (let reach = farthest; reach >= 1; reach--) {
    const begin = Math.max(0, Math.floor(origin - reach + 1e-9));
    const end = Math.min(counts.length, Math.ceil(origin + reach - 1e-9));
    const range = { min: Math.max(min, from + begin * width), max: Math.min(max, from + end * width) };
    const { first, last } = gridOf(range);
    const levels = last - first + 1;
    if (end - begin < levels) break;
    const found = divergence(counts, prefix, begin, end, levels);
    if (found < least) {
      least = found;
      best = range;
    }
  }
  return best;
}

/**
 * Of the counts of a window, what lies outside added to its ends, from the same after rounding to levels: each level's
 * count is spread evenly over those of its bins that have any. Both are smoothed where an end has nothing but what was
 * cut off.
 */
function divergence(counts: Float64Array, prefix: Float64Array, begin: number, end: number, levels: number): number {
  const total = prefix[prefix.length - 1]!;
  const inside = prefix[end]! - prefix[begin]!;
  const below = prefix[begin]!;
  const above = total - prefix[end]!;
  if (!(inside > 0)) return Infinity;
  const size = end - begin;
  let sum = 0;
  for (let level = 0; level < levels; level++) {
    const from = begin + Math.floor((level * size) / levels);
    const to = begin + Math.floor(((level + 1) * size) / levels);
    let taken = 0;
    for (let i = from; i < to; i++) if (counts[i]! > 0) taken++;
    const rounded = taken > 0 ? (prefix[to]! - prefix[from]!) / taken / inside : 0;
    for (let i = from; i < to; i++) {
      const own = counts[i]! + (i === begin ? below : 0) + (i === end - 1 ? above : 0);
      if (own === 0) continue;
      const share = own / total;
      sum += share * Math.log(share / (counts[i]! > 0 ? rounded : smoothed));
    }
  }
  return sum;
}

/** The share that stands for none, so that a divergence stays finite. */
const smoothed = 1e-9;

/** The range of the least expected squared error, of what is cut off and of what is rounded. */
export function leastErrorRange(values: BinnedValues, { symmetric, gridOf }: RangeGrid): ClippingRange {
  const binned = binnedWeights(values.histogram, values.zeros);
  const error = (min: number, max: number) => {
    const grid = gridOf({ min, max });
    const { scale, first, last } = grid;
    return clippingError(binned, first * scale, last * scale) + roundingError(binned, grid);
  };
  return searchedRange(values, symmetric, error);
}

/** The expected squared error of a range. */
export function expectedError(values: BinnedValues, { min, max }: ClippingRange, { gridOf }: RangeGrid): number {
  const binned = binnedWeights(values.histogram, values.zeros);
  const grid = gridOf({ min, max });
  return clippingError(binned, grid.first * grid.scale, grid.last * grid.scale) + roundingError(binned, grid);
}

/**
 * The range within the extremes at which an error is least: where symmetric over the magnitude of its ends, else over both
 * ends in turn. (Choukroun et al., arXiv 1902.06822, search by brute force.)
 */
export function searchedRange(
  { min, max }: ClippingRange,
  symmetric: boolean,
  error: (min: number, max: number) => number,
): ClippingRange {
  if (!(min < max)) return { min, max };
  if (symmetric) {
    const { at } = leastAt(Math.max(-min, max), (limit) => error(-limit, limit));
    return { min: Math.max(min, -at), max: Math.min(max, at) };
  }
  let low = Math.min(min, 0);
  let high = Math.max(max, 0);
  for (let round = 0; round < 2; round++) {
    if (max > 0) high = leastAt(max, (at) => error(low, at)).at;
    if (min < 0) low = -leastAt(-min, (at) => error(-at, high)).at;
  }
  return { min: Math.max(min, low), max: Math.min(max, high) };
}
