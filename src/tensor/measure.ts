import type { ChannelExtremes, ChannelRanges } from './channelRanges.js';
import { channelRanges, emptyChannelExtremes, widenChannels } from './channelRanges.js';
import { elementCount } from './elementType.js';
import type { Bins, Histogram } from './histogram.js';
import { countInto, emptyBins } from './histogram.js';
import type { Moments, Numbers } from './statistics.js';
import { excessKurtosis, finiteCount, mergeMoments, momentsOf, noMoments, standardDeviation } from './statistics.js';

/** Of a set of numbers. NaN where there is no finite element. */
export interface NumberStatistics {
  /** Elements, those that are not finite included. */
  readonly count: number;
  /** Of the finite elements, as are mean, standard deviation and kurtosis. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** The population's. */
  readonly std: number;
  readonly zeros: number;
  readonly nans: number;
  /** Of both signs. */
  readonly infinities: number;
  readonly negativeInfinities: number;
  /** Excess kurtosis; NaN where all elements are equal. */
  readonly kurtosis: number;
}

/** Of one tensor; of a quantized weight, of the real numbers it stands for. */
export interface TensorStatistics extends NumberStatistics {
  readonly histogram: Histogram;
  /** Null also where there is no element. */
  readonly channels: ChannelRanges | null;
}

/** A tensor as numbers in row-major order. Its chunks can be gone through again; a chunk given out is not written to. */
export interface NumberSource {
  readonly shape: readonly number[];
  chunks(signal?: AbortSignal): AsyncIterable<Numbers>;
}

/** The inner loops over a chunk: plain TypeScript here, compiled ones in compiledKernel.ts. */
export interface StatisticsKernel {
  momentsOf(values: Numbers): Moments;
  /** `areInside`: all lie between the bounds, and none is NaN. */
  countInto(bins: Bins, values: Numbers, areInside?: boolean): void;
  widenChannels(extremes: ChannelExtremes, values: Numbers, position: number): void;
}

export const plainKernel: StatisticsKernel = { momentsOf, countInto, widenChannels };

export interface MeasureOptions {
  /** Of the per-channel ranges; null for none. */
  readonly axis?: number | null;
  readonly bins?: number;
  readonly kernel?: StatisticsKernel;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export const histogramBins = 2048;

/** Tensors up to this many elements are kept for the second pass, larger ones read again. */
const keptElements = 1 << 22;

/** Measures a tensor in two passes: moments and channel ranges, then the histogram between the extremes. */
export async function measure(source: NumberSource, options: MeasureOptions = {}): Promise<TensorStatistics> {
  const { axis = null, bins = histogramBins, kernel = plainKernel, signal, onProgress } = options;
  const total = elementCount(source.shape);
  // Made when the first chunk is there: until then the shape is only what a file claims.
  let extremes: ChannelExtremes | null = null;
  const kept: Numbers[] | null = total <= keptElements ? [] : null;
  let position = 0;
  const advance = (by: number) => {
    position += by;
    onProgress?.(Math.min(1, position / (2 * total)));
  };

  let moments = noMoments;
  for await (const chunk of source.chunks(signal)) {
    signal?.throwIfAborted();
    moments = mergeMoments(moments, kernel.momentsOf(chunk));
    if (axis !== null) kernel.widenChannels((extremes ??= emptyChannelExtremes(source.shape, axis)), chunk, position);
    kept?.push(chunk);
    advance(chunk.length);
  }

  const counted = binsBetween(moments, bins);
  for await (const chunk of kept ?? source.chunks(signal)) {
    signal?.throwIfAborted();
    kernel.countInto(counted, chunk);
    advance(chunk.length);
  }

  return statisticsOf(moments, counted, extremes && axis !== null ? channelRanges(extremes, axis) : null);
}

/** Empty bins between the extremes of the finite elements. */
export function binsBetween(moments: Moments, bins = histogramBins): Bins {
  return finiteCount(moments) > 0 ? emptyBins(moments.min, moments.max, bins) : emptyBins(NaN, NaN, bins);
}

/** The statistics that moments, counts and ranges come to. */
export function statisticsOf(moments: Moments, counted: Bins, channels: ChannelRanges | null): TensorStatistics {
  const known = finiteCount(moments) > 0;
  return {
    count: moments.count,
    min: known ? moments.min : NaN,
    max: known ? moments.max : NaN,
    mean: known ? moments.mean : NaN,
    std: standardDeviation(moments),
    zeros: moments.zeros,
    nans: moments.nans,
    infinities: moments.positiveInfinities + moments.negativeInfinities,
    negativeInfinities: moments.negativeInfinities,
    kurtosis: excessKurtosis(moments),
    histogram: { min: counted.min, max: counted.max, counts: counted.counts },
    channels,
  };
}
