import { elementCount } from '../../tensor/elementType.js';

/**
 * How the elements of a tensor belong to channels: element (o, c, i) lies at (o * channels + c) * inner + i. A tensor
 * that is quantized as a whole has one channel.
 */
export interface ChannelLayout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

export function channelLayout(shape: readonly number[], axis: number | undefined): ChannelLayout {
  if (axis === undefined) return { outer: 1, channels: 1, inner: elementCount(shape) };
  return {
    outer: elementCount(shape.slice(0, axis)),
    channels: shape[axis] ?? 1,
    inner: elementCount(shape.slice(axis + 1)),
  };
}
