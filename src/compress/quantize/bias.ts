/**
 * A bias is added to the sum of products in 32-bit integers, so its zero point is 0 and its scale that of the products:
 * input scale times weight scale (Jacob et al. 2018, section 2.4).
 */
import { roundHalfToEven } from './parameters.js';

const int32Max = 2147483647;
const int32Min = -2147483648;

/** input scale * weight scale * beta in float32, an element for each weight scale. */
export function biasScales(inputScale: number, weightScales: Float32Array, beta: number): Float32Array {
  const factor = Math.fround(beta);
  return weightScales.map((scale) => Math.fround(Math.fround(inputScale * scale) * factor));
}

/**
 * The int32 numbers nearest to bias / scale, cut off at the limits of the type. `scales` has one element, or one for
 * each element of the bias.
 */
export function quantizeBias(bias: Float32Array, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (value, i) => {
    if (value === 0) return 0;
    const steps = value / (scales[scales.length === 1 ? 0 : i] as number);
    return roundHalfToEven(Math.min(Math.max(steps, int32Min), int32Max));
  });
}

/** Are all elements within 32 bits at these scales? */
export function fitsInt32(bias: Float32Array, scales: Float32Array): boolean {
  return bias.every((value, i) => Math.abs(value) <= int32Max * (scales[scales.length === 1 ? 0 : i] as number));
}

/**
 * Weight scales enlarged where the bias would not fit in 32 bits (onnxruntime, _adjust_weight_scale_for_int32_bias;
 * TensorFlow Lite does alike). One scale must hold the largest element of the bias; else each its own. Undefined where
 * nothing needs to change.
 */
export function scalesForBias(
  inputScale: number,
  weightScales: Float32Array,
  bias: Float32Array,
  perChannel: boolean,
): Float32Array | undefined {
  const enlarged = weightScales.slice();
  let changed = false;
  for (const [c, scale] of weightScales.entries()) {
    const least = perChannel ? leastScaleOfOne(bias[c] ?? 0) : leastScaleOfAll(bias);
    const candidate = inputScale * scale;
    if (candidate > 0 && candidate < least) {
      enlarged[c] = scale * (least / candidate);
      changed = true;
    }
  }
  return changed ? enlarged : undefined;
}

/** Room for rounding, and the int32 numbers from -max to max. */
const room = 1.0001;
const steps = 2 * int32Max;

function leastScaleOfAll(bias: Float32Array): number {
  let largest = 0;
  for (const value of bias) largest = Math.max(largest, Math.abs(value));
  return (room * (2 * largest)) / steps;
}

/** The same in the precision in which the reference takes it for a single channel: products in float32. */
function leastScaleOfOne(value: number): number {
  return Math.fround(Math.fround(room) * Math.fround(2 * Math.abs(value))) / steps;
}
