/** The integers that a quantized tensor uses. */
import { elementTypes } from '../../tensor/elementType.js';

export type QuantizedType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int4' | 'uint4' | 'int2' | 'uint2';

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** All integers of a type. */
export function fullRange(type: QuantizedType): IntegerRange {
  const [min, max] = elementTypes[type].range as readonly [bigint, bigint];
  return { min: Number(min), max: Number(max) };
}

export function isSigned(type: QuantizedType): boolean {
  return fullRange(type).min < 0;
}

/**
 * The integers that the scale is made for (onnxruntime, quant_utils.py, ONNX_INT_TYPE_RANGE and its kin). A symmetric
 * signed range of 8 or 16 bits leaves out the least integer, so that it has its middle at zero. A reduced range has a bit
 * less, so that the sum of two products of 8-bit numbers fits in 16 bits on processors that add so.
 */
export function scaleRange(type: QuantizedType, symmetric: boolean, reduced: boolean): IntegerRange {
  const full = fullRange(type);
  const isWide = elementTypes[type].bits >= 8;
  if (!isSigned(type)) return reduced ? { min: 0, max: (full.max - 1) / 2 } : full;
  if (reduced) return { min: full.min / 2, max: isWide ? (full.max + 1) / 2 : (full.max - 1) / 2 };
  return symmetric && isWide ? { min: -full.max, max: full.max } : full;
}
