import type { Numbers } from './statistics.js';

/** Finite least and greatest value of each channel along an axis; NaN where a channel has no finite value. */
export interface ChannelRanges {
  readonly axis: number;
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
}

/** Filled in row-major order, chunk by chunk: `min` is Infinity and `max` -Infinity until a channel is met. */
export interface ChannelExtremes {
  /** Elements that share a channel in a row: the product of the dimensions after the axis. */
  readonly run: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

export function emptyChannelExtremes(shape: readonly number[], axis: number): ChannelExtremes {
  const channels = shape[axis];
  if (channels === undefined) throw new RangeError(`a tensor of rank ${shape.length} has no axis ${axis}`);
  return {
    run: shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1),
    min: new Float64Array(channels).fill(Infinity),
    max: new Float64Array(channels).fill(-Infinity),
  };
}

/** Widens the ranges by a chunk whose first number is element `position` of the tensor. */
export function widenChannels(extremes: ChannelExtremes, values: Numbers, position: number): void {
  const { run, min, max } = extremes;
  if (values.length === 0) return;
  let channel = Math.floor(position / run) % min.length;
  let end = run - (position % run);
  for (let start = 0; start < values.length;) {
    if (end > values.length) end = values.length;
    if (run === 1) {
      end = Math.min(values.length, start + min.length - channel);
      if (values instanceof Float32Array) widenEach32(values, start, end, channel, min, max);
      else widenEach64(values, start, end, channel, min, max);
      channel = 0;
    } else {
      if (values instanceof Float32Array) widenOne32(values, start, end, channel, min, max);
      else widenOne64(values, start, end, channel, min, max);
      if (++channel === min.length) channel = 0;
    }
    start = end;
    end += run;
  }
}

export function channelRanges(extremes: ChannelExtremes, axis: number): ChannelRanges {
  const known = (_: number, i: number) => extremes.min[i]! <= extremes.max[i]!;
  return {
    axis,
    // -0 becomes 0
    min: extremes.min.map((value, i) => (known(value, i) ? value + 0 : NaN)),
    max: extremes.max.map((value, i) => (known(value, i) ? value + 0 : NaN)),
  };
}

// Two of each, so that every loop sees one type of array.

function widenEach32(v: Float32Array, start: number, end: number, first: number, min: Float64Array, max: Float64Array) {
  for (let i = start, channel = first; i < end; i++, channel++) {
    const value = v[i]!;
    if (value < min[channel]! && value !== -Infinity) min[channel] = value;
    if (value > max[channel]! && value !== Infinity) max[channel] = value;
  }
}

function widenEach64(v: Float64Array, start: number, end: number, first: number, min: Float64Array, max: Float64Array) {
  for (let i = start, channel = first; i < end; i++, channel++) {
    const value = v[i]!;
    if (value < min[channel]! && value !== -Infinity) min[channel] = value;
    if (value > max[channel]! && value !== Infinity) max[channel] = value;
  }
}

function widenOne32(v: Float32Array, start: number, end: number, at: number, min: Float64Array, max: Float64Array) {
  let lo = min[at]!;
  let hi = max[at]!;
  for (let i = start; i < end; i++) {
    const value = v[i]!;
    if (value < lo && value !== -Infinity) lo = value;
    if (value > hi && value !== Infinity) hi = value;
  }
  min[at] = lo;
  max[at] = hi;
}

function widenOne64(v: Float64Array, start: number, end: number, at: number, min: Float64Array, max: Float64Array) {
  let lo = min[at]!;
  let hi = max[at]!;
  for (let i = start; i < end; i++) {
    const value = v[i]!;
    if (value < lo && value !== -Infinity) lo = value;
    if (value > hi && value !== Infinity) hi = value;
  }
  min[at] = lo;
  max[at] = hi;
}
