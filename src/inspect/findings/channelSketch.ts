/** Channels of a weight that point the same way, found in one pass over it. */
import type { Numbers } from '../../tensor/statistics.js';
import type { CountSketch } from './countSketch.js';
import { countSketch } from './countSketch.js';

const buckets = 64;
/** Bits of two sketches' signs that may differ before they are compared at length: far more than near duplicates do. */
const differingSigns = 16;

/** Two channels are near duplicates from this cosine on. */
export const leastCosine = 0.99;
/** Of sketches, whose lengths are off by a fifth or so. */
const leastSketchCosine = 1 - 2.5 * (1 - leastCosine);

/** Short vectors point the same way by chance. */
export const leastChannelLength = 24;
/** All pairs are compared: 8,192 channels are 34 million. */
export const mostChannels = 8192;
const mostChannelLength = 1 << 20;
/** Compared with all earlier ones in some milliseconds. */
const channelsAPart = 256;

/** A tensor seen as `channels` vectors of `length` elements, `run` of which lie in a row. */
export interface ChannelLayout {
  readonly channels: number;
  readonly run: number;
  readonly length: number;
}

export function channelLayout(shape: readonly number[], axis: number): ChannelLayout {
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  const run = product(shape.slice(axis + 1));
  return { channels: shape[axis]!, run, length: product(shape.slice(0, axis)) * run };
}

/** Are there channels that can be compared, few enough to do it? */
export function isComparable({ channels, length }: ChannelLayout): boolean {
  return channels >= 2 && channels <= mostChannels && length >= leastChannelLength && length <= mostChannelLength;
}

/** A pair of channels: `channel` may be a near duplicate of the earlier one. */
export interface ChannelPair {
  readonly earlier: number;
  readonly channel: number;
}

export class ChannelSketch {
  readonly #sketch: CountSketch;
  readonly #sums: Float32Array;
  readonly #channelStride: number;
  readonly #bucketStride: number;

  constructor(private readonly layout: ChannelLayout) {
    const { channels, run, length } = layout;
    this.#sketch = countSketch(length, buckets);
    this.#sums = new Float32Array(channels * buckets);
    // What is written in a row shall lie in a row.
    [this.#channelStride, this.#bucketStride] = run === 1 ? [1, channels] : [buckets, 1];
  }

  /** A chunk whose first number is element `position` of the tensor. */
  add(chunk: Numbers, position: number): void {
    const { channels, run } = this.layout;
    const { bucket, sign } = this.#sketch;
    const sums = this.#sums;
    let channel = Math.floor(position / run) % channels;
    let inRun = position % run;
    let outer = Math.floor(position / (run * channels));
    for (let i = 0; i < chunk.length;) {
      if (run === 1) {
        const end = Math.min(chunk.length, i + channels - channel);
        const base = bucket[outer]! * this.#bucketStride;
        const factor = sign[outer]!;
        for (; i < end; i++, channel++) sums[base + channel]! += factor * chunk[i]!;
      } else {
        const end = Math.min(chunk.length, i + run - inRun);
        const base = channel * this.#channelStride;
        for (let at = outer * run + inRun; i < end; i++, at++) sums[base + bucket[at]!]! += sign[at]! * chunk[i]!;
        inRun = 0;
        channel++;
      }
      if (channel === channels) {
        channel = 0;
        outer++;
      }
    }
  }

  /**
   * For each channel the earlier ones whose sketch points the same way, at most `perChannel`. Channels without a length
   * are like none. Yields what a part of the channels has, so that other work can get its turn.
   */
  *candidates(perChannel = 4): Generator<ChannelPair[]> {
    const { channels } = this.layout;
    const unit = this.#unitSketches();
    const low = new Uint32Array(channels);
    const high = new Uint32Array(channels);
    const isZero = new Uint8Array(channels);
    for (let c = 0; c < channels; c++) {
      isZero[c] = 1;
      for (let b = 0; b < buckets; b++) {
        const value = unit[c * buckets + b]!;
        if (value !== 0) isZero[c] = 0;
        if (value > 0) (b < 32 ? low : high)[c]! |= 1 << (b & 31);
      }
    }
    let found: ChannelPair[] = [];
    for (let channel = 1; channel < channels; channel++) {
      if (channel % channelsAPart === 0) {
        yield found;
        found = [];
      }
      if (isZero[channel]) continue;
      let alike = 0;
      for (let earlier = 0; earlier < channel && alike < perChannel; earlier++) {
        const differing = ones(low[earlier]! ^ low[channel]!);
        if (differing > differingSigns) continue;
        if (differing + ones(high[earlier]! ^ high[channel]!) > differingSigns || isZero[earlier]) continue;
        if (cosine(unit, earlier, channel) < leastSketchCosine) continue;
        found.push({ earlier, channel });
        alike++;
      }
    }
    yield found;
  }

  /** The sketches one after the other, each of length 1. */
  #unitSketches(): Float32Array {
    const { channels } = this.layout;
    const unit = new Float32Array(channels * buckets);
    for (let c = 0; c < channels; c++) {
      let squares = 0;
      for (let b = 0; b < buckets; b++) squares += this.#sums[c * this.#channelStride + b * this.#bucketStride]! ** 2;
      if (!(squares > 0 && squares < Infinity)) continue;
      const factor = 1 / Math.sqrt(squares);
      for (let b = 0; b < buckets; b++) {
        unit[c * buckets + b] = this.#sums[c * this.#channelStride + b * this.#bucketStride]! * factor;
      }
    }
    return unit;
  }
}

function cosine(unit: Float32Array, a: number, b: number): number {
  let product = 0;
  for (let i = 0; i < buckets; i++) product += unit[a * buckets + i]! * unit[b * buckets + i]!;
  return product;
}

/** How many bits of a word are set. */
function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
