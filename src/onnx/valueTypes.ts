import type { Dimension, ValueType } from '../graph/model.js';
import { elementTypeOfCode, elementTypes } from '../tensor/elementType.js';
import type { DimensionProto, TensorTypeProto, TypeProto } from './protos.js';

/** A type as the graph knows it; undefined where the file gives none or one that ONNX does not define. */
export function valueTypeOf(proto: TypeProto | undefined): ValueType | undefined {
  if (!proto) return undefined;
  if (proto.tensorType) return tensorType('tensor', proto.tensorType);
  if (proto.sparseTensorType) return tensorType('sparse', proto.sparseTensorType);
  if (proto.sequenceType) return { kind: 'sequence' };
  if (proto.mapType) return { kind: 'map' };
  if (proto.optionalType) return { kind: 'optional' };
  if (proto.opaqueType) return { kind: 'opaque' };
  return undefined;
}

function tensorType(kind: 'tensor' | 'sparse', proto: TensorTypeProto): ValueType | undefined {
  const elementType = elementTypeOfCode(proto.elemType ?? 0);
  if (!elementType) return undefined;
  if (!proto.shape) return { kind, elementType };
  return { kind, elementType, shape: (proto.shape.dim ?? []).map(dimension) };
}

function dimension(proto: DimensionProto): Dimension {
  if (proto.dimParam !== undefined && proto.dimParam !== '') return proto.dimParam;
  const size = Number(proto.dimValue ?? -1n);
  return size >= 0 && Number.isSafeInteger(size) ? size : undefined;
}

/** The type as a message: the original one where it still says the same. */
export function typeProtoOf(type: ValueType | undefined, original: TypeProto | undefined): TypeProto | undefined {
  if (JSON.stringify(valueTypeOf(original)) === JSON.stringify(type)) return original;
  if (!type || (type.kind !== 'tensor' && type.kind !== 'sparse')) return original;
  const proto: TensorTypeProto = { elemType: elementTypes[type.elementType].code };
  if (type.shape) proto.shape = { dim: type.shape.map(dimensionProto) };
  const denotation = original?.denotation === undefined ? {} : { denotation: original.denotation };
  return type.kind === 'tensor' ? { tensorType: proto, ...denotation } : { sparseTensorType: proto, ...denotation };
}

function dimensionProto(size: Dimension): DimensionProto {
  if (size === undefined) return {};
  return typeof size === 'number' ? { dimValue: BigInt(size) } : { dimParam: size };
}
