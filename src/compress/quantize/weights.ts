/** Quantizing constants: weights, whole or per channel, and biases. */
import type { Range } from '../method.js';
import type { ChannelLayout } from './channels.js';
import type { QuantizedType } from './integerRange.js';
import { fullRange } from './integerRange.js';
import { roundHalfToEven } from './parameters.js';

/** Least and greatest element of each channel; undefined where an element is not finite. */
export function channelRanges(data: Float32Array, { outer, channels, inner }: ChannelLayout): Range[] | undefined {
  const min = new Float32Array(channels).fill(Infinity);
  const max = new Float32Array(channels).fill(-Infinity);
  for (let o = 0, at = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      let low = min[c] as number;
      let high = max[c] as number;
      for (const end = at + inner; at < end; at++) {
        const x = data[at] as number;
        if (x - x !== 0) return undefined;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      min[c] = low;
      max[c] = high;
    }
  }
  return Array.from(min, (low, c) => ({ min: low, max: max[c] as number }));
}

/**
 * The integers nearest to data / scale + zeroPoint, ties to even, cut off at the limits of the type. The division is in
 * float32 and rounds before the zero point is added (ONNX, QuantizeLinear; onnxruntime, quantize_nparray).
 * `scales` and `zeroPoints` have an element a channel.
 */
export function quantizeArray(
  data: Float32Array,
  { outer, channels, inner }: ChannelLayout,
  type: QuantizedType,
  scales: Float32Array,
  zeroPoints: ArrayLike<number>,
): Int8Array | Uint8Array {
  const { min, max } = fullRange(type);
  const integers = type === 'int8' ? new Int8Array(data.length) : new Uint8Array(data.length);
  for (let o = 0, at = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      const scale = scales[c] as number;
      const zeroPoint = zeroPoints[c] as number;
      for (const end = at + inner; at < end; at++) {
        const steps = Math.fround((data[at] as number) / scale);
        const near = Math.min(Math.max(steps, -1024), 1024);
        integers[at] = Math.min(Math.max(roundHalfToEven(near) + zeroPoint, min), max);
      }
    }
  }
  return integers;
}

/** The real numbers that integers stand for, in float32 (ONNX, DequantizeLinear). */
export function dequantizeArray(
  integers: Int8Array | Uint8Array,
  { outer, channels, inner }: ChannelLayout,
  scales: Float32Array,
  zeroPoints: ArrayLike<number>,
): Float32Array {
  const data = new Float32Array(integers.length);
  for (let o = 0, at = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      for (const end = at + inner; at < end; at++) {
        data[at] = ((integers[at] as number) - (zeroPoints[c] as number)) * (scales[c] as number);
      }
    }
  }
  return data;
}
