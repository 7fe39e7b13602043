import type { ChannelExtremes } from './channelRanges.js';
import { widenChannels } from './channelRanges.js';
import type { Bins } from './histogram.js';
import { countInto } from './histogram.js';
import type { Moments, Numbers } from './statistics.js';
import { momentsOf } from './statistics.js';

/** The inner loops over a chunk of numbers in memory. Browser-safe. */
export interface StatisticsKernel {
  momentsOf(values: Numbers): Moments;
  /** Adds the numbers to the counts of the bins. */
  countInto(bins: Bins, values: Numbers): void;
  /** Widens the ranges by a chunk whose first number is element `position` of its tensor. */
  widenChannels(extremes: ChannelExtremes, values: Numbers, position: number): void;
}

export const plainKernel: StatisticsKernel = { momentsOf, countInto, widenChannels };
