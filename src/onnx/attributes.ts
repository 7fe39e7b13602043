import type { AttributeValue } from '../graph/model.js';
import type { AttributeProto } from './protos.js';

/** Which field of AttributeProto holds the value of each kind, and the code of `AttributeProto.type`. */
export const attributeKinds = {
  float: { code: 1, field: 'f' },
  int: { code: 2, field: 'i' },
  string: { code: 3, field: 's' },
  tensor: { code: 4, field: 't' },
  graph: { code: 5, field: 'g' },
  floats: { code: 6, field: 'floats' },
  ints: { code: 7, field: 'ints' },
  strings: { code: 8, field: 'strings' },
  tensors: { code: 9, field: 'tensors' },
  graphs: { code: 10, field: 'graphs' },
  sparse: { code: 11, field: 'sparseTensor' },
} as const satisfies Record<string, { code: number; field: keyof AttributeProto }>;

export type ValueKind = keyof typeof attributeKinds;

const kinds = Object.keys(attributeKinds) as ValueKind[];
const kindByCode = new Map(kinds.map((kind) => [attributeKinds[kind].code as number, kind]));

/** The kind of value a message holds. Before IR 2 the type was not stored: then it is the field that is there. */
export function attributeKind(proto: AttributeProto): AttributeValue['kind'] {
  if (proto.refAttrName) return 'reference';
  if (proto.type) return kindByCode.get(proto.type) ?? 'opaque';
  return kinds.find((kind) => proto[attributeKinds[kind].field] !== undefined) ?? 'opaque';
}
