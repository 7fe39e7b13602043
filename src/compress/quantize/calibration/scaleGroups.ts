import { elementCount } from '../../../tensor/elementType.js';

/** Which elements of a tensor share a scale: all, those of an index of `axis`, or `blockSize` neighbours along it. */
export interface ScaleLayout {
  readonly shape: readonly number[];
  readonly axis?: number;
  readonly blockSize?: number;
}

/** How many scales a layout has: as in `ValueParameters`. */
export function groupCount({ shape, axis, blockSize }: ScaleLayout): number {
  if (axis === undefined) return 1;
  const length = shape[axis] ?? 1;
  if (!blockSize) return length;
  return elementCount(shape.slice(0, axis)) * Math.ceil(length / blockSize) * elementCount(shape.slice(axis + 1));
}

/**
 * Shows the elements of each scale in turn, in the order of the scales. What is shown is a view of the data, or a buffer
 * that the next one overwrites.
 */
export function eachGroup(
  data: Float32Array,
  layout: ScaleLayout,
  visit: (elements: Float32Array, group: number) => void,
): void {
  const { shape, axis, blockSize } = layout;
  if (axis === undefined) return visit(data, 0);
  const length = shape[axis] ?? 1;
  const outer = elementCount(shape.slice(0, axis));
  const inner = elementCount(shape.slice(axis + 1));
  if (blockSize) eachBlock(data, { outer, length, inner, blockSize }, visit);
  else eachChannel(data, { outer, length, inner }, visit);
}

interface Strides {
  readonly outer: number;
  /** Of the axis. */
  readonly length: number;
  readonly inner: number;
}

function eachChannel(
  data: Float32Array,
  { outer, length, inner }: Strides,
  visit: (elements: Float32Array, group: number) => void,
): void {
  const buffer = new Float32Array(outer === 1 ? 0 : outer * inner);
  for (let channel = 0; channel < length; channel++) {
    if (outer === 1) {
      visit(data.subarray(channel * inner, (channel + 1) * inner), channel);
      continue;
    }
    for (let o = 0, to = 0; o < outer; o++) {
      const from = (o * length + channel) * inner;
      for (let i = 0; i < inner; i++) buffer[to++] = data[from + i]!;
    }
    visit(buffer, channel);
  }
}

/** The last block of a row is short where the block size does not divide the axis. */
function eachBlock(
  data: Float32Array,
  { outer, length, inner, blockSize }: Strides & { readonly blockSize: number },
  visit: (elements: Float32Array, group: number) => void,
): void {
  const buffer = new Float32Array(inner === 1 ? 0 : Math.min(blockSize, length));
  let group = 0;
  for (let o = 0; o < outer; o++) {
    for (let begin = 0; begin < length; begin += blockSize) {
      const size = Math.min(blockSize, length - begin);
      const first = (o * length + begin) * inner;
      for (let i = 0; i < inner; i++, group++) {
        if (inner === 1) {
          visit(data.subarray(first, first + size), group);
          continue;
        }
        for (let k = 0; k < size; k++) buffer[k] = data[first + k * inner + i]!;
        visit(buffer.subarray(0, size), group);
      }
    }
  }
}
