/** Channels of a weight that point the same way, found in one pass over it. */
import { elementCount } from '../../tensor/elementType.js';
import type { Numbers } from '../../tensor/statistics.js';
import type { CountSketch } from './countSketch.js';
import { countSketch } from './countSketch.js';
import { product } from './vectors.js';

/** Numbers of a channel's sketch: their signs are two words. */
export const channelBuckets = 64;
/** Bits of two sketches' signs that may differ before they are compared at length: far more than near duplicates do. */
export const differingSigns = 16;

/** Two channels are near duplicates from this cosine on. */
export const leastCosine = 0.99;
/** Of sketches, whose lengths are off by a fifth or so. */
export const leastSketchCosine = 1 - 2.5 * (1 - leastCosine);

/** Short vectors point the same way by chance. */
export const leastChannelLength = 24;
/** All pairs are compared: 8,192 channels are 34 million. */
export const mostChannels = 8192;
const mostChannelLength = 1 << 20;
/** Compared with all earlier ones in some milliseconds. */
const channelsAPart = 128;

/** A tensor seen as `channels` vectors of `length` elements, `run` of which lie in a row. */
export interface ChannelLayout {
  readonly channels: number;
  readonly run: number;
  readonly length: number;
}

export function channelLayout(shape: readonly number[], axis: number): ChannelLayout {
  const run = elementCount(shape.slice(axis + 1));
  return { channels: shape[axis]!, run, length: elementCount(shape.slice(0, axis)) * run };
}

/** Are there channels that can be compared, few enough to do it? */
export function isComparable({ channels, length }: ChannelLayout): boolean {
  return channels >= 2 && channels <= mostChannels && length >= leastChannelLength && length <= mostChannelLength;
}

/** Where element `position` of a tensor lies: in which round of all channels, which channel, which place of its run. */
export function placeOf({ channels, run }: ChannelLayout, position: number) {
  return {
    outer: Math.floor(position / (run * channels)),
    channel: Math.floor(position / run) % channels,
    inRun: position % run,
  };
}

/** A pair of channels: `channel` may be a near duplicate of the earlier one. */
export interface ChannelPair {
  readonly earlier: number;
  readonly channel: number;
}

/** Takes the elements of a weight in order, then tells which channels may be near duplicates. */
export interface ChannelSketch {
  /** A chunk whose first number is element `position` of the tensor. */
  add(chunk: Numbers, position: number): void;
  /** Of each bucket those of all channels in a row where `run` is 1, else of each channel those of all buckets. */
  readonly sums: Float32Array;
  /**
   * For each channel the earlier ones whose sketch points the same way, at most four. Channels without a length are like
   * none. Yields what a part of the channels has, so that other work can get its turn.
   */
  candidates(): Iterable<ChannelPair[]>;
}

export class PlainChannelSketch implements ChannelSketch {
  readonly #sketch: CountSketch;
  readonly sums: Float32Array;

  constructor(private readonly layout: ChannelLayout) {
    this.#sketch = countSketch(layout.length, channelBuckets);
    this.sums = new Float32Array(layout.channels * channelBuckets);
  }

  add(chunk: Numbers, position: number): void {
    const { channels, run } = this.layout;
    const { bucket, sign } = this.#sketch;
    const { sums } = this;
    let { outer, channel, inRun } = placeOf(this.layout, position);
    for (let i = 0; i < chunk.length;) {
      if (run === 1) {
        const end = Math.min(chunk.length, i + channels - channel);
        const base = bucket[outer]! * channels;
        const factor = sign[outer]!;
        for (; i < end; i++, channel++) sums[base + channel]! += factor * chunk[i]!;
      } else {
        const end = Math.min(chunk.length, i + run - inRun);
        const base = channel * channelBuckets;
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

  candidates(): Iterable<ChannelPair[]> {
    const unit = unitSketches(this.sums, this.layout);
    return candidatePairs(unit, (earlier, channel) => nextAlike(unit, earlier, channel));
  }
}

/** Sketches of length 1, one after the other. */
export interface UnitSketches {
  readonly sketches: Float32Array;
  /** A bit for each number of a sketch that is greater than 0: two words a channel. */
  readonly words: Uint32Array;
  /** 1 for channels that have no length. */
  readonly isZero: Uint8Array;
}

/** `sums` are those of a ChannelSketch. */
export function unitSketches(sums: Float32Array, { channels, run }: ChannelLayout): UnitSketches {
  const sketches = new Float32Array(channels * channelBuckets);
  const words = new Uint32Array(channels * 2);
  const isZero = new Uint8Array(channels);
  const [channelStride, bucketStride] = run === 1 ? [1, channels] : [channelBuckets, 1];
  for (let c = 0; c < channels; c++) {
    const base = c * channelBuckets;
    let squares = 0;
    for (let b = 0, at = c * channelStride; b < channelBuckets; b++, at += bucketStride) {
      const sum = sums[at]!;
      sketches[base + b] = sum;
      squares += sum * sum;
    }
    if (!(squares > 0 && squares < Infinity)) {
      isZero[c] = 1;
      sketches.fill(0, base, base + channelBuckets);
      continue;
    }
    const factor = 1 / Math.sqrt(squares);
    for (let word = 0; word < 2; word++) {
      let bits = 0;
      for (let b = 0, at = base + word * 32; b < 32; b++, at++) {
        const value = sketches[at]! * factor;
        sketches[at] = value;
        // Signs have no pattern that a processor could guess: no branch.
        bits |= Number(value > 0) << b;
      }
      words[c * 2 + word] = bits;
    }
  }
  return { sketches, words, isZero };
}

/** `next` finds for a channel the first from an earlier one on that is like it; the channel itself where there is none. */
export function* candidatePairs(
  { isZero }: UnitSketches,
  next: (earlier: number, channel: number) => number,
  perChannel = 4,
): Generator<ChannelPair[]> {
  let found: ChannelPair[] = [];
  for (let channel = 1; channel < isZero.length; channel++) {
    if (channel % channelsAPart === 0) {
      yield found;
      found = [];
    }
    if (isZero[channel]) continue;
    let alike = 0;
    for (let earlier = next(0, channel); earlier < channel; earlier = next(earlier + 1, channel)) {
      found.push({ earlier, channel });
      if (++alike === perChannel) break;
    }
  }
  yield found;
}

function nextAlike({ sketches, words }: UnitSketches, from: number, channel: number): number {
  const [low, high] = [words[channel * 2]!, words[channel * 2 + 1]!];
  for (let earlier = from; earlier < channel; earlier++) {
    const differing = ones(words[earlier * 2]! ^ low);
    if (differing > differingSigns) continue;
    if (differing + ones(words[earlier * 2 + 1]! ^ high) > differingSigns) continue;
    if (cosine(sketches, earlier, channel) >= leastSketchCosine) return earlier;
  }
  return channel;
}

function cosine(sketches: Float32Array, a: number, b: number): number {
  const sketch = (channel: number) => sketches.subarray(channel * channelBuckets, (channel + 1) * channelBuckets);
  return product(sketch(a), sketch(b));
}

/** How many bits of a word are set. */
function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
