/** Quantizing constants: their ranges, their integers, and the real numbers that those stand for. */
import { codeOf, valuesOfCodes } from '../../tensor/smallFloat.js';
import type { Range } from '../method.js';
import { isFloat8 } from './integerRange.js';
import type { QuantizedType } from './integerRange.js';
import { roundHalfToEven } from './parameters.js';
import type { ScaleLayout } from './scaleLayout.js';
import { scaleLayout } from './scaleLayout.js';
import type { ValueParameters } from './valueParameters.js';

/** The integers of a quantized tensor, an element a number: not packed. Of float8 the codes. */
export type Codes = Int8Array | Uint8Array | Int16Array | Uint16Array;

/** Least and greatest of the elements that share a scale, by scale; undefined where an element is not finite. */
export function scaleRanges(data: Float32Array, layout: ScaleLayout): Range[] | undefined {
  const min = new Float32Array(layout.scaleCount).fill(Infinity);
  const max = new Float32Array(layout.scaleCount).fill(-Infinity);
  let finite = true;
  layout.forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end;) {
      // With a step of 0 all of the run belong together.
      const until = step === 0 ? end : at + 1;
      let low = min[s] as number;
      let high = max[s] as number;
      for (; at < until; at++) {
        const x = data[at] as number;
        if (x - x !== 0) finite = false;
        if (x < low) low = x;
        if (x > high) high = x;
      }
      min[s] = low;
      max[s] = high;
      s += step;
    }
  });
  return finite ? Array.from(min, (low, s) => ({ min: low, max: max[s] as number })) : undefined;
}

/**
 * The integers nearest to data / scale + zeroPoint, ties to even, cut off at the limits of `parameters.integers`. The
 * division is in float32 and rounds before the zero point is added (ONNX, QuantizeLinear; onnxruntime, quantize_nparray).
 * Of float8 types the codes of the nearest numbers, saturated.
 */
export function quantizeArray(data: Float32Array, shape: readonly number[], parameters: ValueParameters): Codes {
  const { type, scales, zeroPoints, integers } = parameters;
  const codes = codesOf(type, data.length);
  const layout = scaleLayout(shape, parameters);
  if (isFloat8(type)) {
    const code = codeOf(type);
    layout.forEachRun((start, end, first, step) => {
      for (let at = start, s = first; at < end; at++, s += step) {
        codes[at] = code(Math.fround((data[at] as number) / (scales[s] as number)));
      }
    });
    return codes;
  }
  const { min, max } = integers;
  const farthest = 4 * (max - min + 1);
  layout.forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end; at++, s += step) {
      const steps = Math.fround((data[at] as number) / (scales[s] as number));
      const near = Math.min(Math.max(steps, -farthest), farthest);
      codes[at] = Math.min(Math.max(roundHalfToEven(near) + (zeroPoints[s] as number), min), max);
    }
  });
  return codes;
}

/** The real numbers that integers stand for, in float32 (ONNX, DequantizeLinear). */
export function dequantizeArray(codes: Codes, shape: readonly number[], parameters: ValueParameters): Float32Array {
  const { type, scales, zeroPoints } = parameters;
  const data = new Float32Array(codes.length);
  const numbers = isFloat8(type) ? valuesOfCodes(type) : undefined;
  scaleLayout(shape, parameters).forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end; at++, s += step) {
      const code = codes[at] as number;
      const integer = numbers ? (numbers[code] as number) : code - (zeroPoints[s] as number);
      data[at] = integer * (scales[s] as number);
    }
  });
  return data;
}

/** Room for `length` integers of a type. */
export function codesOf(type: QuantizedType, length: number): Codes {
  switch (type) {
    case 'int8':
    case 'int4':
    case 'int2':
      return new Int8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'uint16':
      return new Uint16Array(length);
    default:
      return new Uint8Array(length);
  }
}
