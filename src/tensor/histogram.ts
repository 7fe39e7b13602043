/**
 * Histograms of bins of equal width. Browser-safe.
 *
 * The rule is that of numpy.histogram over float64: edge i is min + i * ((max - min) / bins), the last edge is max; bin i
 * holds edge i <= v < edge i+1, and the last bin also holds max. What is not finite, or outside, is in no bin. Where all
 * numbers are equal the width is 0, and the middle bin (floor(bins / 2)) holds them, as numpy has it.
 */
import type { Numbers } from './statistics.js';

export interface Histogram {
  /** Finite least and greatest value; both NaN where there is no finite value. */
  readonly min: number;
  readonly max: number;
  readonly counts: ArrayLike<number>;
}

/** The bins + 1 edges, ascending. */
export function binEdges(min: number, max: number, bins: number): Float64Array {
  const edges = new Float64Array(bins + 1);
  const step = (max - min) / bins;
  for (let i = 0; i < bins; i++) {
    if (!Number.isFinite(step)) edges[i] = min * (1 - i / bins) + max * (i / bins);
    else edges[i] = min + (step === 0 ? (i / bins) * (max - min) : i * step);
  }
  edges[bins] = max;
  return edges;
}

/** Counts of numbers between two finite bounds, filled chunk by chunk. */
export interface Bins {
  readonly min: number;
  readonly max: number;
  readonly edges: Float64Array;
  readonly counts: Float64Array;
}

export function emptyBins(min: number, max: number, bins: number): Bins {
  return { min, max, edges: binEdges(min, max, bins), counts: new Float64Array(bins) };
}

const blockLength = 2048;

/** How a bin is found: the place of a number is its distance from `min` times `perUnit`, in bins. */
export interface BinPlacing {
  /** 0 where the width of a bin is no ordinary number: then the edges are searched. */
  readonly perUnit: number;
  /** Far more than what rounding moves places and edges by, in bins: so near to an edge the edges decide. */
  readonly near: number;
}

export function binPlacing({ min, max, counts }: Pick<Bins, 'min' | 'max' | 'counts'>): BinPlacing {
  const perUnit = counts.length / (max - min);
  const near = 16 * Number.EPSILON * (counts.length + Math.max(Math.abs(min), Math.abs(max)) * perUnit);
  return perUnit > 0 && near < 0.25 ? { perUnit, near } : { perUnit: 0, near: 0 };
}

/** Adds a chunk's numbers to the counts. */
export function countInto(bins: Bins, values: Numbers): void {
  const { min, max, edges, counts } = bins;
  if (!(min <= max)) return;
  const { perUnit, near } = binPlacing(bins);
  const block = new Float64Array(Math.min(blockLength, values.length));
  for (let start = 0; start < values.length; start += blockLength) {
    const length = Math.min(blockLength, values.length - start);
    block.set(values.subarray(start, start + length));
    if (min === max) countEqual(block, length, min, counts);
    else if (perUnit > 0) countRegular(block, length, min, max, perUnit, near, edges, counts);
    else countBySearch(block, length, min, max, edges, counts);
  }
}

/** The bin by one multiplication; within `near` bins of an edge, where rounding may put it one off, the edges decide. */
function countRegular(
  block: Float64Array,
  length: number,
  min: number,
  max: number,
  perUnit: number,
  near: number,
  edges: Float64Array,
  counts: Float64Array,
): void {
  const last = counts.length - 1;
  const far = 1 - near;
  for (let i = 0; i < length; i++) {
    const value = block[i]!;
    if (value >= min && value <= max) {
      const place = (value - min) * perUnit;
      let bin = place | 0;
      const part = place - bin;
      if (part < near || part > far) {
        if (bin > last) bin = last;
        if (value < edges[bin]!) bin--;
        else if (bin < last && value >= edges[bin + 1]!) bin++;
      }
      counts[bin]!++;
    }
  }
}

/** For ranges so wide or so narrow that the width of a bin is no ordinary number. */
function countBySearch(
  block: Float64Array,
  length: number,
  min: number,
  max: number,
  edges: Float64Array,
  counts: Float64Array,
): void {
  for (let i = 0; i < length; i++) {
    const value = block[i]!;
    if (!(value >= min && value <= max)) continue;
    let low = 0;
    let high = counts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (value >= edges[middle]!) low = middle;
      else high = middle - 1;
    }
    counts[low]!++;
  }
}

function countEqual(block: Float64Array, length: number, value: number, counts: Float64Array): void {
  let equal = 0;
  for (let i = 0; i < length; i++) if (block[i] === value) equal++;
  counts[counts.length >> 1]! += equal;
}

/**
 * The same histogram in fewer bins. Where the old count is a multiple of the new, the result is what counting anew gives;
 * else each old bin goes whole to the new bin that holds its centre, so that the total is kept.
 */
export function rebin(histogram: Histogram, bins: number): Histogram {
  const { min, max, counts } = histogram;
  if (bins >= counts.length) return histogram;
  const fewer = new Float64Array(bins);
  if (min === max) fewer[bins >> 1] = total(counts);
  else for (let i = 0; i < counts.length; i++) fewer[Math.floor(((i + 0.5) * bins) / counts.length)]! += counts[i]!;
  return { min, max, counts: fewer };
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}
