/** The arithmetic of sliding windows: convolution and pooling (ONNX operators, Conv-11, MaxPool-12, ConvTranspose-11). */
import type { Node } from '../node.js';
import type { Size } from '../inference/size.js';
import { add, ceilDivide, floorDivide, isAtLeast, multiply, subtract } from '../inference/size.js';

export interface Window {
  readonly kernel: readonly Size[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after, by axis. */
  readonly pads: readonly (readonly [number, number])[];
  readonly padding: 'explicit' | 'same' | 'valid';
  readonly ceil: boolean;
}

export function windowOf(node: Node, kernel: readonly Size[]): Window {
  const rank = kernel.length;
  const auto = node.string('auto_pad', 'NOTSET');
  const padding = auto.startsWith('SAME') ? 'same' : auto === 'VALID' ? 'valid' : 'explicit';
  const pads = (padding === 'explicit' && node.ints('pads')) || [];
  return {
    kernel,
    strides: kernel.map((_, i) => node.ints('strides')?.[i] ?? 1),
    dilations: kernel.map((_, i) => node.ints('dilations')?.[i] ?? 1),
    pads: kernel.map((_, i) => [pads[i] ?? 0, pads[i + rank] ?? 0]),
    padding,
    ceil: node.int('ceil_mode', 0) !== 0,
  };
}

/** Places of a window along spatial axis `axis` of an input of `size`. */
export function slide(size: Size, window: Window, axis: number, fresh: () => Size): Size {
  const stride = window.strides[axis] ?? 1;
  if (window.padding === 'same') return ceilDivide(size, stride);
  const [before, after] = window.pads[axis] ?? [0, 0];
  const extent = extentOf(window, axis);
  const free = subtract(add(size, before + after), extent);
  if (!window.ceil) return add(floorDivide(free, stride), 1);
  const count = add(ceilDivide(free, stride), 1);
  const lastStart = multiply(subtract(count, 1), stride);
  if (typeof lastStart === 'number' && typeof size === 'number') {
    return lastStart >= size + before ? subtract(count, 1) : count;
  }
  /** The last window may lie in the padding behind only where that and a stride are wider than the window. */
  return isAtLeast(extent, after + stride) ? count : fresh();
}

/** The size from which a window slides to `size`: that of a transposed convolution's output, without output_padding. */
export function spread(size: Size, window: Window, axis: number): Size {
  const stride = window.strides[axis] ?? 1;
  if (window.padding === 'same') return multiply(size, stride);
  const [before, after] = window.pads[axis] ?? [0, 0];
  return subtract(add(multiply(subtract(size, 1), stride), extentOf(window, axis)), before + after);
}

/** Input elements from the first to the last that a window reads. */
function extentOf(window: Window, axis: number): Size {
  return add(multiply(subtract(window.kernel[axis] ?? 1, 1), window.dilations[axis] ?? 1), 1);
}
