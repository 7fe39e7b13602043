/** The integers that a quantized tensor uses. */
import { elementTypes } from '../../tensor/elementType.js';

export type IntegerType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int4' | 'uint4' | 'int2' | 'uint2';
export type Float8 = 'float8e4m3fn' | 'float8e5m2';
/** What a quantized value is stored as. */
export type QuantizedType = IntegerType | Float8;

/** The greatest number of each (OCP 8-bit Floating Point Specification, table 1). */
const greatest: Readonly<Record<Float8, number>> = { float8e4m3fn: 448, float8e5m2: 57344 };

export function isFloat8(type: QuantizedType): type is Float8 {
  return type in greatest;
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** All integers of a type; of float8 its least and greatest number. */
export function fullRange(type: QuantizedType): IntegerRange {
  if (isFloat8(type)) return { min: -greatest[type], max: greatest[type] };
  const [min, max] = elementTypes[type].range as readonly [bigint, bigint];
  return { min: Number(min), max: Number(max) };
}

export function isSigned(type: QuantizedType): boolean {
  return fullRange(type).min < 0;
}

export function bitsOf(type: QuantizedType): number {
  return elementTypes[type].bits;
}

/** The integers of a width within a type: those of the type of that width, if there were one. */
export function integersOf(type: QuantizedType, bits = bitsOf(type)): IntegerRange {
  if (isFloat8(type) || bits === bitsOf(type)) return fullRange(type);
  return isSigned(type) ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 };
}

/**
 * The integers that the scale is made for (onnxruntime, quant_utils.py, ONNX_INT_TYPE_RANGE and its kin). A symmetric
 * signed range of 8 bits or more leaves out the least integer, so that it has its middle at zero; narrower ones cannot
 * spare it. A reduced range has a bit less, so that the sum of two products of 8-bit numbers fits in 16 bits on processors
 * that add so. Floats are as they are.
 */
export function scaleRange(
  type: QuantizedType,
  symmetric: boolean,
  reduced: boolean,
  bits = bitsOf(type),
): IntegerRange {
  const full = integersOf(type, bits);
  if (isFloat8(type)) return full;
  const isWide = bits >= 8;
  if (!isSigned(type)) return reduced ? { min: 0, max: (full.max - 1) / 2 } : full;
  if (reduced) return { min: full.min / 2, max: isWide ? (full.max + 1) / 2 : (full.max - 1) / 2 };
  return symmetric && isWide ? { min: -full.max, max: full.max } : full;
}
