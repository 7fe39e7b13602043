/**
 * Statistics of a value over many runs of a model, gathered tensor by tensor; none is kept. Browser-safe.
 */
import type { ChannelExtremes } from './channelRanges.js';
import { channelRanges, emptyChannelExtremes } from './channelRanges.js';
import type { ElementType } from './elementType.js';
import { elementCount } from './elementType.js';
import { GrowingHistogram } from './growingHistogram.js';
import type { Histogram } from './histogram.js';
import type { NumberStatistics, StatisticsKernel } from './measure.js';
import { countMagnitudes } from './magnitudeBins.js';
import { histogramBins } from './measure.js';
import { numbersOfArray } from './numbers.js';
import type { Moments, Numbers } from './statistics.js';
import { excessKurtosis, finiteCount, mergeMoments, noMoments, standardDeviation } from './statistics.js';
import type { TensorArray } from './tensor.js';

/** Least and greatest element, infinite ones included; NaN where there is no number. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Of each channel along `axis` over all runs. */
export interface ActivationChannels {
  readonly axis: number;
  /** Of the finite elements; NaN where a channel has none. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Elements that are exactly zero, and elements in all, which is the same for every channel. */
  readonly zeros: Float64Array;
  readonly elements: number;
}

/** Of all elements over all runs. */
export interface ActivationStatistics extends NumberStatistics {
  readonly elementType: ElementType;
  /** As it was met first; of one sample where samples run one at a time. */
  readonly shape: readonly number[];
  /** At most 2,048 bins whose width is a power of two; its ends lie up to a bin beyond `min` and `max`. */
  readonly histogram: Histogram & { readonly counts: Float64Array };
  /** Null where the value has no channels, or another number of them from run to run. */
  readonly channels: ActivationChannels | null;
  /** The ranges over the runs of each part of the samples, in the order of the parts. */
  readonly parts: readonly ValueRange[];
}

export interface AccumulatorOptions {
  /** The axis of the channels, from the end where negative; null for none. */
  readonly channelAxis: number | null;
  /** Axes before the value's own: one for each loop that it was collected in. */
  readonly stackedAxes: number;
  /** How many parts the samples have. */
  readonly parts: number;
  /** Counts magnitudes between these edges (`magnitudeBins`), in place of a histogram that grows. */
  readonly magnitudeEdges?: Float32Array;
}

/** More channels than this are not looked at one by one. */
const mostChannels = 1 << 16;

/** Elements of a chunk: 1 MiB of float32, which stays in the second cache for the passes over it. */
const chunkElements = 1 << 18;

/** What is known of a value after any number of runs. The order of the runs moves no count, extreme or bin. */
export class ActivationAccumulator {
  #moments: Moments = noMoments;
  #elementType: ElementType | undefined;
  #shape: readonly number[] | undefined;
  readonly #histogram: GrowingHistogram;
  readonly #parts: Moments[];
  readonly #magnitudes: Float64Array | undefined;
  #channels:
    { readonly axis: number; readonly extremes: ChannelExtremes; readonly zeros: Float64Array } | null | undefined;

  constructor(
    private readonly options: AccumulatorOptions,
    private readonly kernel: StatisticsKernel,
  ) {
    this.#histogram = new GrowingHistogram(histogramBins, kernel);
    this.#parts = Array.from({ length: options.parts }, () => noMoments);
    if (options.magnitudeEdges) this.#magnitudes = new Float64Array(options.magnitudeEdges.length - 1);
    if (options.channelAxis === null) this.#channels = null;
  }

  /** Adds a run's tensor; an empty one tells nothing. */
  add({ elementType, shape, data }: TensorArray, part = 0): void {
    if (data.length === 0) return;
    this.#elementType ??= elementType;
    this.#shape ??= shape.slice(this.options.stackedAxes);
    const channels = this.#channelsOf(shape);
    let moments = noMoments;
    for (let start = 0; start < data.length; start += chunkElements) {
      const chunk = numbersOfArray(elementType, data.subarray(start, start + chunkElements));
      const own = this.kernel.momentsOf(chunk);
      moments = mergeMoments(moments, own);
      if (this.#magnitudes) countMagnitudes(this.options.magnitudeEdges!, this.#magnitudes, chunk);
      else this.#histogram.add(chunk, own.min, own.max, finiteCount(own));
      if (!channels) continue;
      this.kernel.widenChannels(channels.extremes, chunk, start);
      if (own.zeros > 0) countZeros(channels.zeros, channels.extremes.run, chunk, start);
    }
    this.#moments = mergeMoments(this.#moments, moments);
    const known = this.#parts[part];
    if (known) this.#parts[part] = mergeMoments(known, moments);
  }

  /** Null where no run has given an element. */
  statistics(): ActivationStatistics | null {
    if (!this.#elementType || !this.#shape) return null;
    const moments = this.#moments;
    const known = finiteCount(moments) > 0;
    const figure = (value: number) => (known ? value : NaN);
    return {
      elementType: this.#elementType,
      shape: this.#shape,
      count: moments.count,
      min: figure(moments.min),
      max: figure(moments.max),
      mean: figure(moments.mean),
      std: standardDeviation(moments),
      zeros: moments.zeros,
      nans: moments.nans,
      infinities: moments.positiveInfinities + moments.negativeInfinities,
      negativeInfinities: moments.negativeInfinities,
      kurtosis: excessKurtosis(moments),
      histogram: this.#histogramSoFar(),
      channels: this.#channelStatistics(moments.count),
      parts: this.#parts.map(rangeOf),
    };
  }

  #histogramSoFar(): ActivationStatistics['histogram'] {
    if (!this.#magnitudes) return this.#histogram.histogram() as ActivationStatistics['histogram'];
    const edges = this.options.magnitudeEdges!;
    return { min: edges[0]!, max: edges[edges.length - 1]!, counts: this.#magnitudes };
  }

  #channelsOf(shape: readonly number[]) {
    const { channelAxis, stackedAxes } = this.options;
    if (channelAxis === null || this.#channels === null) return null;
    const axis = channelAxis < 0 ? shape.length + channelAxis : channelAxis + stackedAxes;
    const channels = shape[axis];
    const usable = axis >= stackedAxes && channels !== undefined && channels > 0 && channels <= mostChannels;
    if (!usable) return (this.#channels = null);
    const run = elementCount(shape.slice(axis + 1));
    if (!this.#channels) {
      this.#channels = { axis, extremes: emptyChannelExtremes(shape, axis), zeros: new Float64Array(channels) };
    } else if (this.#channels.zeros.length !== channels || this.#channels.axis !== axis) this.#channels = null;
    else if (this.#channels.extremes.run !== run) {
      this.#channels = { ...this.#channels, extremes: { ...this.#channels.extremes, run } };
    }
    return this.#channels;
  }

  #channelStatistics(count: number): ActivationChannels | null {
    if (!this.#channels) return null;
    const { axis, extremes, zeros } = this.#channels;
    const { min, max } = channelRanges(extremes, axis);
    return {
      axis: axis - this.options.stackedAxes,
      min: Float64Array.from(min),
      max: Float64Array.from(max),
      zeros,
      elements: count / zeros.length,
    };
  }
}

function rangeOf(moments: Moments): ValueRange {
  const { min, max, positiveInfinities: above, negativeInfinities: below } = moments;
  const known = finiteCount(moments) > 0;
  return {
    min: below > 0 ? -Infinity : known ? min : above > 0 ? Infinity : NaN,
    max: above > 0 ? Infinity : known ? max : below > 0 ? -Infinity : NaN,
  };
}

/** `run` elements in a row share a channel; the chunk begins at element `position` of its tensor. */
function countZeros(zeros: Float64Array, run: number, values: Numbers, position: number): void {
  let channel = Math.floor(position / run) % zeros.length;
  let left = run - (position % run);
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) zeros[channel]!++;
    if (--left > 0) continue;
    left = run;
    if (++channel === zeros.length) channel = 0;
  }
}
