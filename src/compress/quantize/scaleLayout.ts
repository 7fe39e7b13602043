import { elementCount } from '../../tensor/elementType.js';

/** What share a scale: all elements, those of an index of `axis`, or `blockSize` neighbours along it. */
export interface Granularity {
  readonly axis?: number;
  readonly blockSize?: number;
}

/**
 * Which scale each element of a tensor has: one for all; with an axis, one for each of its indices; with a block size,
 * too, one for each run of so many elements along the axis and each index of all other axes (ONNX, DequantizeLinear-21).
 */
export interface ScaleLayout {
  /** The shape of the tensor of scales: none, one axis, or that of the data with its axis shortened. */
  readonly scaleShape: readonly number[];
  readonly scaleCount: number;
  /** The number of the scale of an element. */
  scaleOf(element: number): number;
  /**
   * Visits all elements in order, in runs: the element at `start + i`, below `end`, has scale `scale + i * step`, with a
   * step of 0 or 1.
   */
  forEachRun(visit: (start: number, end: number, scale: number, step: 0 | 1) => void): void;
}

/** The layout of scales of a tensor of `shape`. */
export function scaleLayout(shape: readonly number[], { axis, blockSize }: Granularity): ScaleLayout {
  const count = elementCount(shape);
  if (axis === undefined) {
    return {
      scaleShape: [],
      scaleCount: 1,
      scaleOf: () => 0,
      forEachRun: (visit) => visit(0, count, 0, 0),
    };
  }
  const outer = elementCount(shape.slice(0, axis));
  const length = shape[axis] ?? 1;
  const inner = elementCount(shape.slice(axis + 1));
  return blockSize === undefined
    ? channelLayout(outer, length, inner)
    : blockLayout(shape, axis, { outer, length, inner, blockSize });
}

/** Element (o, c, i) lies at (o * channels + c) * inner + i. */
function channelLayout(outer: number, channels: number, inner: number): ScaleLayout {
  return {
    scaleShape: [channels],
    scaleCount: channels,
    scaleOf: (element) => Math.floor(element / inner) % channels,
    forEachRun(visit) {
      for (let o = 0, at = 0; o < outer; o++) {
        if (inner === 1) {
          visit(at, at + channels, 0, 1);
          at += channels;
        } else for (let c = 0; c < channels; c++, at += inner) visit(at, at + inner, c, 0);
      }
    },
  };
}

interface Blocks {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly blockSize: number;
}

function blockLayout(shape: readonly number[], axis: number, { outer, length, inner, blockSize }: Blocks): ScaleLayout {
  const blocks = Math.ceil(length / blockSize);
  return {
    scaleShape: shape.with(axis, blocks),
    scaleCount: outer * blocks * inner,
    scaleOf(element) {
      const row = Math.floor(element / inner);
      const block = Math.floor(row / length) * blocks + Math.floor((row % length) / blockSize);
      return block * inner + (element % inner);
    },
    forEachRun(visit) {
      for (let o = 0, at = 0; o < outer; o++) {
        for (let first = 0, block = o * blocks; first < length; first += blockSize, block++) {
          const rows = Math.min(blockSize, length - first);
          if (inner === 1) {
            visit(at, at + rows, block, 0);
            at += rows;
          } else for (let row = 0; row < rows; row++, at += inner) visit(at, at + inner, block * inner, 1);
        }
      }
    },
  };
}
