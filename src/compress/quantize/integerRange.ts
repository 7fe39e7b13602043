/** The integers that a quantized tensor uses. */
import { elementTypes } from '../../tensor/elementType.js';

export type QuantizedType = 'int8' | 'uint8';

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** All integers of a type. */
export function fullRange(type: QuantizedType): IntegerRange {
  const [min, max] = elementTypes[type].range as readonly [bigint, bigint];
  return { min: Number(min), max: Number(max) };
}

/**
 * The integers that the scale is made for (onnxruntime, quant_utils.py, ONNX_INT_TYPE_RANGE and its kin). A symmetric
 * signed range leaves out the least integer, so that it has its middle at zero. A reduced range has a bit less, so that
 * the sum of two products of 8-bit numbers fits in 16 bits on processors that add so.
 */
export function scaleRange(type: QuantizedType, symmetric: boolean, reduced: boolean): IntegerRange {
  if (reduced) return type === 'int8' ? { min: -64, max: 64 } : { min: 0, max: 127 };
  return symmetric && type === 'int8' ? { min: -127, max: 127 } : fullRange(type);
}
