/** What the statistics of an activation mean. */
import type { ActivationChannels, ActivationStatistics } from '../../tensor/activationStatistics.js';

/** The share of the elements other than zero whose magnitude nearly all codes should serve. */
const nearlyAll = 0.999;

/**
 * How far the extreme lies beyond what nearly all elements need: the greatest magnitude over the 99.9th percentile of the
 * magnitudes other than zero, which is read off the histogram and so up to a bin too great. 1 where there is no outlier;
 * NaN where nothing is known.
 */
export function outlierRatio({ min, max, zeros, histogram }: ActivationStatistics): number {
  const { counts, min: from, max: to } = histogram;
  if (counts.length === 0) return NaN;
  const extreme = Math.max(-min, max);
  const width = (to - from) / counts.length;
  if (extreme === 0 || width === 0) return 1;
  // Edges are whole multiples of the width, so that a bin below zero has exactly one above of the same magnitudes.
  const first = Math.round(from / width);
  const byMagnitude = new Float64Array(Math.max(-first, first + counts.length));
  let left = -zeros;
  counts.forEach((count, i) => {
    const place = first + i;
    byMagnitude[place < 0 ? -place - 1 : place]! += count;
    left += count;
  });
  if (byMagnitude.length > 0) byMagnitude[0]! -= zeros;
  let beyond = left * (1 - nearlyAll);
  let place = byMagnitude.length - 1;
  for (; place > 0; place--) {
    beyond -= byMagnitude[place]!;
    if (beyond < 0) break;
  }
  return Math.max(1, extreme / ((place + 1) * width));
}

/** The channels that were zero in every sample. */
export function deadChannels({ zeros, elements }: ActivationChannels): number[] {
  return [...zeros.keys()].filter((channel) => zeros[channel] === elements);
}
