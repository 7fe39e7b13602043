/**
 * Measuring a part of a tensor that stands in the memory of the compiled kernels: the twin of statistics.ts, histogram.ts
 * and channelRanges.ts. Counts, extremes and bins are the same, mean and powers but for rounding.
 */
import type { ChannelExtremes } from './channelRanges.js';
import type { CompiledKernels } from './compiledKernels.js';
import type { Bins } from './histogram.js';
import { binPlacing } from './histogram.js';
import type { Moments } from './statistics.js';
import { finiteCount, noMoments } from './statistics.js';

/** Numbers at an address: float32, or where `wide` float64. */
export interface PlacedNumbers {
  readonly address: number;
  readonly length: number;
  readonly wide: boolean;
}

/** The channels of a tensor: `run` elements of each in turn (the product of the dimensions after the axis). */
export interface ChannelLayout {
  readonly channels: number;
  readonly run: number;
}

export function channelLayout(shape: readonly number[], axis: number): ChannelLayout {
  const run = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1);
  return { channels: shape[axis]!, run };
}

/** Ranges of channels `origin`, `origin + 1`, …, after the last the first: `min` is Infinity where none was met. */
export interface PartRanges {
  readonly origin: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** Widens the ranges of a tensor by those of a part. */
export function widenByPart(extremes: Pick<ChannelExtremes, 'min' | 'max'>, { origin, min, max }: PartRanges): void {
  for (let i = 0; i < min.length; i++) {
    const channel = (origin + i) % extremes.min.length;
    extremes.min[channel] = Math.min(extremes.min[channel]!, min[i]!);
    extremes.max[channel] = Math.max(extremes.max[channel]!, max[i]!);
  }
}

/** From runs of so many elements on, moments are taken channel by channel: that gives the channels' ranges for nothing. */
const leastMomentsRun = 1024;
/** Runs are longer than any part. */
const longestRun = 2 ** 30;

const fields = Object.keys(noMoments) as readonly (keyof Moments)[];

/** The moments, and ranges of channels, of consecutive elements of a tensor. */
export class CompiledMoments {
  readonly #state: number;
  readonly #ranges: number = 0;
  /** Channels that the part meets, from `#origin` on. */
  readonly #met: number = 0;
  readonly #origin: number = 0;

  /** Of elements `start` to `end` of a tensor. The memory it takes is the caller's to give back. */
  constructor(
    private readonly kernels: CompiledKernels,
    start: number,
    end: number,
    private readonly layout: ChannelLayout | null,
  ) {
    this.#state = kernels.reserve(fields.length * 8);
    kernels.float64(this.#state, fields.length).set(fields.map((field) => noMoments[field]));
    if (!layout) return;
    const { channels, run } = layout;
    this.#origin = Math.floor(start / run) % channels;
    this.#met = Math.min(channels, Math.floor((end - 1) / run) - Math.floor(start / run) + 1);
    this.#ranges = kernels.reserve(this.#met * 16);
    kernels.float64(this.#ranges, this.#met).fill(Infinity);
    kernels.float64(this.#highs, this.#met).fill(-Infinity);
  }

  /** Adds elements that begin at element `position` of the tensor. */
  add({ address, length, wide }: PlacedNumbers, position: number): void {
    const { run } = this.kernels;
    if (length === 0) return;
    if (!this.layout) {
      if (wide) run.moments64(address, length, this.#state);
      else run.moments32(address, length, this.#state);
    } else if (this.layout.run >= leastMomentsRun) {
      const momentsByRun = wide ? run.momentsByRun64 : run.momentsByRun32;
      momentsByRun(address, length, this.#state, ...this.#rangesFrom(position, this.layout));
    } else {
      const unusual = this.#unusual();
      if (wide) run.moments64(address, length, this.#state);
      else run.moments32(address, length, this.#state);
      this.#widen({ address, length, wide }, position, this.layout, this.#unusual() === unusual);
    }
  }

  get moments(): Moments {
    const state = this.kernels.float64(this.#state, fields.length);
    return Object.fromEntries(fields.map((field, i) => [field, state[i]!])) as unknown as Moments;
  }

  /** Null where no channels were asked for. */
  get ranges(): PartRanges | null {
    if (!this.layout) return null;
    const min = this.kernels.float64(this.#ranges, this.#met).slice();
    return { origin: this.#origin, min, max: this.kernels.float64(this.#highs, this.#met).slice() };
  }

  get #highs(): number {
    return this.#ranges + this.#met * 8;
  }

  #unusual(): number {
    const { count } = this.moments;
    return count - finiteCount(this.moments);
  }

  /** Arguments of the kernels that go by runs. */
  #rangesFrom(position: number, { channels, run }: ChannelLayout): [number, number, number, number, number, number] {
    const met = (Math.floor(position / run) - this.#origin) % channels;
    const left = run - (position % run);
    return [this.#ranges, this.#highs, this.#met, met, Math.min(run, longestRun), Math.min(left, longestRun)];
  }

  #widen({ address, length, wide }: PlacedNumbers, position: number, layout: ChannelLayout, allFinite: boolean): void {
    const { run } = this.kernels;
    const size = wide ? 8 : 4;
    const finite = Number(allFinite);
    const widenRuns = (from: number, to: number) => {
      const kernel = wide ? run.widenRuns64 : run.widenRuns32;
      if (to > from) kernel(address + from * size, to - from, ...this.#rangesFrom(position + from, layout), finite);
    };
    const { channels } = layout;
    if (layout.run > 1 || !allFinite || this.#met < channels) return widenRuns(0, length);
    // Whole rows from the part's first channel on, as its ranges lie.
    const untilRow = (channels - ((position - this.#origin) % channels)) % channels;
    const before = Math.min(length, untilRow);
    const rows = Math.floor((length - before) / channels);
    widenRuns(0, before);
    const widenRows = wide ? run.widenRows64 : run.widenRows32;
    widenRows(address + before * size, rows, this.#ranges, this.#highs, channels);
    widenRuns(before + rows * channels, length);
  }
}

/** Rows of counts that the kernels fill. */
const countRows = 4;

/** Counts numbers into the bins between two finite bounds. */
export class CompiledCounts {
  readonly #edges: number;
  readonly #counts: number;
  readonly #bins: Bins;
  /** The begin of the first bin in widths, where the bins are such that float32 tells them by a product alone. */
  readonly #wholeFirst: number | undefined;

  /** The memory it takes is the caller's to give back. */
  constructor(
    private readonly kernels: CompiledKernels,
    bins: Bins,
  ) {
    this.#bins = bins;
    this.#wholeFirst = firstOfWholeBins(bins);
    this.#edges = kernels.reserve(bins.edges.byteLength);
    kernels.float64(this.#edges, bins.edges.length).set(bins.edges);
    this.#counts = kernels.reserve(countRows * bins.counts.length * 4);
    kernels.words(this.#counts, countRows * bins.counts.length).fill(0);
  }

  /** Adds numbers: at most 2^32 in all. `areInside`: all lie between the bounds, and none is NaN. */
  add({ address, length, wide }: PlacedNumbers, areInside = false): void {
    const { min, max, counts } = this.#bins;
    if (!(min <= max)) return;
    if (min === max) return this.#addEqual({ address, length, wide });
    if (!wide && areInside && this.#wholeFirst !== undefined) {
      const perWidth = counts.length / (max - min);
      return this.kernels.run.countWhole32(address, length, perWidth, this.#wholeFirst, counts.length, this.#counts);
    }
    const { perUnit, near } = binPlacing(this.#bins);
    const places = [counts.length, this.#edges, this.#counts] as const;
    if (wide) return this.kernels.run.count64(address, length, min, max, perUnit, near, ...places);
    const nears = [this.#nearFloat32(perUnit, near), near] as const;
    this.kernels.run.count32(address, length, min, max, perUnit, ...nears, ...places, Number(areInside));
  }

  /** The counts so far. */
  total(): Float64Array {
    const total = new Float64Array(this.#bins.counts.length);
    const rows = this.kernels.words(this.#counts, countRows * total.length);
    for (let i = 0; i < rows.length; i++) total[i % total.length]! += rows[i]!;
    return total;
  }

  /**
   * How near to an edge float32 cannot tell the bin, in bins; 0 where it never can. Difference, factor and product are each
   * off by 2^-24 of themselves at most, what is left without the half by 2^-25 of the bins: less than bins * 2^-22 in all.
   */
  #nearFloat32(perUnit: number, near: number): number {
    const { min, max, counts } = this.#bins;
    const float32 = Math.fround(min) === min && Math.fround(max) === max && Number.isFinite(Math.fround(max - min));
    const ordinary = perUnit >= 2 ** -126 && perUnit < 2 ** 127;
    const nearFloat32 = counts.length * 2 ** -22 + 2 ** -20 + near;
    return float32 && ordinary && nearFloat32 < 0.25 ? nearFloat32 : 0;
  }

  /** Where all finite numbers are equal they fall into the middle bin. */
  #addEqual({ address, length, wide }: PlacedNumbers): void {
    const { min, counts } = this.#bins;
    const numbers = wide ? this.kernels.float64(address, length) : this.kernels.float32(address, length);
    let equal = 0;
    for (let i = 0; i < length; i++) if (numbers[i] === min) equal++;
    this.kernels.words(this.#counts, counts.length)[counts.length >> 1]! += equal;
  }
}

/**
 * Where bins are a power of two wide and begin at a whole multiple of that: the multiple. Products with a width above 1 are
 * not taken where there are negative numbers, of which the smallest would become 0.
 */
function firstOfWholeBins({ min, max, counts }: Bins): number | undefined {
  const perWidth = counts.length / (max - min);
  const first = min * perWidth;
  const isPower = perWidth > 2 ** -100 && perWidth < 2 ** 100 && Number.isInteger(Math.log2(perWidth));
  const isWhole = Number.isInteger(first) && Math.abs(first) + counts.length < 2 ** 29;
  return isPower && isWhole && (perWidth >= 1 || first >= 0) ? first : undefined;
}
