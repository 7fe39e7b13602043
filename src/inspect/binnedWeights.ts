/**
 * Expectations over the weights of a histogram: evenly spread within each bin, but exact zeros as what they are.
 * Browser-safe.
 */
import type { Histogram } from '../tensor/histogram.js';
import type { IntegerGrid } from './integerGrid.js';

export interface BinnedWeights {
  readonly min: number;
  readonly width: number;
  /** Without the exact zeros. */
  readonly counts: Float64Array;
  readonly zeros: number;
  /** Weights, zeros included. */
  readonly total: number;
}

export function binnedWeights({ min, max, counts }: Histogram, zeros: number): BinnedWeights {
  const others = Float64Array.from(counts);
  const total = others.reduce((a, b) => a + b, 0);
  const width = (max - min) / others.length;
  if (zeros > 0 && min <= 0 && max >= 0) {
    let bin = width > 0 ? Math.min(others.length - 1, Math.floor(-min / width)) : others.length >> 1;
    // Rounding may put 0 one bin off; its own bin holds all the zeros.
    if (others[bin]! < zeros && (others[bin + 1] ?? 0) >= zeros) bin++;
    else if (others[bin]! < zeros && (others[bin - 1] ?? 0) >= zeros) bin--;
    others[bin] = Math.max(0, others[bin]! - zeros);
  }
  return { min, width, counts: others, zeros, total };
}

/** The shares, 0..1, of the weights below and above a range that holds 0. */
export function sharesOutside(weights: BinnedWeights, low: number, high: number): { below: number; above: number } {
  const { min, width, counts, total } = weights;
  let below = 0;
  let above = 0;
  for (let i = 0; i < counts.length; i++) {
    const start = min + i * width;
    if (start < low) below += counts[i]! * part(low - start, width);
    if (start + width > high) above += counts[i]! * part(start + width - high, width);
  }
  return total > 0 ? { below: below / total, above: above / total } : { below, above };
}

/** `length` as a part of a bin. The ends of the outermost bins are the extremes but for rounding. */
function part(length: number, width: number): number {
  const share = width > 0 ? length / width : length > 0 ? 1 : 0;
  return share < 1e-9 ? 0 : Math.min(1, share);
}

/** The expected squared error of bringing the weights outside a range to its ends: the integral of (x - e)² is (x - e)³ / 3. */
export function clippingError(weights: BinnedWeights, low: number, high: number): number {
  const { min, width, counts, total } = weights;
  let error = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    const start = min + i * width;
    const end = start + width;
    if (count === 0 || (start >= low && end <= high)) continue;
    if (end > start) {
      const below = Math.max(0, low - start) ** 3 - Math.max(0, low - end) ** 3;
      const above = Math.max(0, end - high) ** 3 - Math.max(0, start - high) ** 3;
      error += (count * (below + above)) / (3 * width);
    } else error += count * Math.max(low - start, start - high) ** 2;
  }
  return total > 0 ? error / total : 0;
}

/**
 * The expected squared error of rounding the weights between the ends of a grid. With r(x) = x - scale * round(x / scale),
 * the integral of r² from 0 to x is scale³ * round(x / scale) / 12 + r(x)³ / 3, so that of a bin is the difference of two
 * such values, whatever the widths of bin and step. With `clippingError` it makes equation 3 of Banner et al. (arXiv
 * 1810.05723), the histogram for the density.
 */
export function roundingError(weights: BinnedWeights, { scale, first, last }: IntegerGrid): number {
  const { min, width, counts, total } = weights;
  let error = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    const start = Math.max(min + i * width, first * scale);
    const end = Math.min(min + (i + 1) * width, last * scale);
    if (count === 0 || start > end) continue;
    if (width > 0) error += (count * (roundedUpTo(end, scale) - roundedUpTo(start, scale))) / width;
    else error += count * (start - Math.round(start / scale) * scale) ** 2;
  }
  return total > 0 ? error / total : 0;
}

/** The integral of r² from 0 to x. */
function roundedUpTo(x: number, scale: number): number {
  const code = Math.round(x / scale);
  const rest = x - code * scale;
  return (code * scale * scale * scale) / 12 + (rest * rest * rest) / 3;
}

/**
 * How many codes of a grid are expected to stand for some weight. A code stays free if every weight of every bin that
 * reaches into its cell lies elsewhere in its bin.
 */
export function expectedCodes(weights: BinnedWeights, grid: IntegerGrid): number {
  const { min, width, counts, zeros } = weights;
  const { scale, first, last } = grid;
  /** The chance that a code stays free, for codes at which a bin begins or ends. */
  const free = new Map<number, number>();
  let used = 0;
  const take = (code: number, share: number, count: number) => {
    free.set(code, (free.get(code) ?? 1) * (share >= 1 ? 0 : (1 - share) ** count));
  };
  const codeAt = (x: number) => Math.min(last, Math.max(first, Math.round(x / scale)));
  if (zeros > 0) take(0, 1, zeros);
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count === 0) continue;
    const start = min + i * width;
    const end = start + width;
    const from = codeAt(start);
    const to = codeAt(end);
    if (from === to) {
      take(from, 1, count);
      continue;
    }
    take(from, ((from + 0.5) * scale - start) / width, count);
    take(to, (end - (to - 0.5) * scale) / width, count);
    if (to - from > 1) used += (to - from - 1) * (1 - (1 - scale / width) ** count);
  }
  for (const chance of free.values()) used += 1 - chance;
  return used;
}
