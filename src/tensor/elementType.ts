/** Everything the project knows about ONNX element types, in one table. Browser-safe. */

export type ElementType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'string'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'complex64'
  | 'complex128'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'uint4'
  | 'int4'
  | 'float4e2m1'
  | 'float8e8m0'
  | 'uint2'
  | 'int2'
  | 'float6e2m3'
  | 'float6e3m2';

export type ElementKind = 'float' | 'integer' | 'boolean' | 'complex' | 'string';

export interface ElementTypeInfo {
  /** TensorProto.DataType */
  readonly code: number;
  readonly kind: ElementKind;
  /** Bits of one element as stored; 0 for strings. Below 8, elements are packed, the low bits first. */
  readonly bits: number;
  /** Least and greatest value of an integer type. */
  readonly range?: readonly [bigint, bigint];
}

const float = (code: number, bits: number): ElementTypeInfo => ({ code, kind: 'float', bits });
const signed = (code: number, bits: number): ElementTypeInfo => ({
  code,
  kind: 'integer',
  bits,
  range: [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n],
});
const unsigned = (code: number, bits: number): ElementTypeInfo => ({
  code,
  kind: 'integer',
  bits,
  range: [0n, (1n << BigInt(bits)) - 1n],
});

export const elementTypes: Readonly<Record<ElementType, ElementTypeInfo>> = {
  float32: float(1, 32),
  uint8: unsigned(2, 8),
  int8: signed(3, 8),
  uint16: unsigned(4, 16),
  int16: signed(5, 16),
  int32: signed(6, 32),
  int64: signed(7, 64),
  string: { code: 8, kind: 'string', bits: 0 },
  bool: { code: 9, kind: 'boolean', bits: 8 },
  float16: float(10, 16),
  float64: float(11, 64),
  uint32: unsigned(12, 32),
  uint64: unsigned(13, 64),
  complex64: { code: 14, kind: 'complex', bits: 64 },
  complex128: { code: 15, kind: 'complex', bits: 128 },
  bfloat16: float(16, 16),
  float8e4m3fn: float(17, 8),
  float8e4m3fnuz: float(18, 8),
  float8e5m2: float(19, 8),
  float8e5m2fnuz: float(20, 8),
  uint4: unsigned(21, 4),
  int4: signed(22, 4),
  float4e2m1: float(23, 4),
  float8e8m0: float(24, 8),
  uint2: unsigned(25, 2),
  int2: signed(26, 2),
  float6e2m3: float(27, 6),
  float6e3m2: float(28, 6),
};

const byCode = new Map(Object.entries(elementTypes).map(([name, info]) => [info.code, name as ElementType]));

export function elementTypeOfCode(code: number): ElementType | undefined {
  return byCode.get(code);
}

/** Bytes of `count` elements as `raw_data` stores them: packed types round up to whole bytes. */
export function storedBytes(type: ElementType, count: number): number {
  return Math.ceil((count * elementTypes[type].bits) / 8);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
