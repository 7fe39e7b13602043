import { quantizeArray } from '../weights.js';
import type { RoundedWeight, RoundingTask } from './rounding.js';

/** Each element to the nearest integer, ties to even (ONNX, QuantizeLinear). */
export function roundToNearest({ data, shape, parameters }: RoundingTask): RoundedWeight {
  return { codes: quantizeArray(data, shape, parameters), parameters };
}
