import type { ActivationStatistics, ValueRange } from '../tensor/activationStatistics.js';

/** Ranges that were measured before, by `statisticsKey`. */
export interface RangeStore {
  read(key: string): Promise<ReadonlyMap<string, ValueRange> | null>;
  write(key: string, ranges: ReadonlyMap<string, ValueRange>): Promise<void>;
}

/**
 * The ranges over one part of the samples, as far as they are those to the bit that measuring the part alone gives: a NaN
 * among numbers counts there otherwise, and float64 is rounded there.
 */
export function rangesOfPart(
  distributions: Iterable<readonly [value: string, statistics: ActivationStatistics | null]>,
  part: number,
): Map<string, ValueRange> {
  const ranges = new Map<string, ValueRange>();
  for (const [value, statistics] of distributions) {
    const range = statistics?.parts[part];
    if (!statistics || !range || statistics.nans > 0 || Number.isNaN(range.min)) continue;
    ranges.set(value, { min: Math.fround(range.min), max: Math.fround(range.max) });
  }
  return ranges;
}
