import type { Tensor } from '../../../tensor/tensor.js';
import { tensorNumbers } from '../../../tensor/numbers.js';
import { codeOf, valuesOfCodes } from '../../../tensor/smallFloat.js';

/** A weight with a greater relative error than this (40 dB) is not stored in 16 bits; normal halves have 0.02 %. */
export const greatestError = 0.01;

/** How well the numbers of a constant fit into a type of 16 bits. */
export interface ConstantFit {
  /** Of the finite numbers; infinities fit. */
  readonly greatest: number;
  /** Root of the squares of the errors over that of the squares of the numbers; 0 where all are zero. */
  readonly relativeError: number;
}

/** Reads the constant once, in parts. */
export async function fitOf(tensor: Tensor, type: 'float16' | 'bfloat16'): Promise<ConstantFit> {
  const encode = codeOf(type, 'saturate');
  const decode = valuesOfCodes(type);
  let greatest = 0;
  let signal = 0;
  let noise = 0;
  for await (const part of tensorNumbers(tensor).chunks()) {
    for (const value of part) {
      if (!Number.isFinite(value)) continue;
      greatest = Math.max(greatest, Math.abs(value));
      signal += value * value;
      noise += (value - decode[encode(value)]!) ** 2;
    }
  }
  return { greatest, relativeError: signal > 0 ? Math.sqrt(noise / signal) : 0 };
}
