import type { Numbers } from '../../tensor/statistics.js';

/** Vectors that are held to be compared: float32, or float64 where `isWide`. */
export interface Vectors {
  /** One after the other, a new one every `stride` numbers; until more is read. */
  readonly numbers: Numbers;
  readonly stride: number;
  /** The product of two. */
  product(a: number, b: number): number;
}

export class PlainVectors implements Vectors {
  readonly numbers: Numbers;
  readonly stride: number;

  constructor(count: number, length: number, isWide: boolean) {
    this.stride = strideOf(length);
    this.numbers = isWide ? new Float64Array(count * this.stride) : new Float32Array(count * this.stride);
  }

  product(a: number, b: number): number {
    const { numbers, stride } = this;
    return product(numbers.subarray(a * stride, (a + 1) * stride), numbers.subarray(b * stride, (b + 1) * stride));
  }
}

/** Compiled kernels take four numbers at once. */
export function strideOf(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Of vectors of an even length; summed in two, as the compiled twins do it. */
export function product(a: Numbers, b: Numbers): number {
  let [even, odd] = [0, 0];
  for (let i = 0; i < a.length; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return even + odd;
}
