import protobuf from 'protobufjs/light';
import compiled from './onnx.schema.json';

/** How a field's values lie in the file. */
export type WireForm = 'varint' | 'fixed32' | 'fixed64' | 'length';

export type ScalarType = 'int32' | 'int64' | 'uint64' | 'float' | 'double' | 'string' | 'bytes';

export interface FieldPlan {
  readonly number: number;
  /** The property of the decoded message, in camel case. */
  readonly name: string;
  readonly repeated: boolean;
  /** Repeated numbers are written packed. They are read in both forms. */
  readonly packed: boolean;
  readonly wire: WireForm;
  /** Absent where the field holds a message. */
  readonly scalar?: ScalarType;
  readonly message?: MessagePlan;
  /** A tensor's elements: left in the file, as a `Payload`. */
  readonly payload: boolean;
  /** The other members of its oneof: setting this field clears them. */
  readonly excludes: readonly string[];
}

/** The fields of a message, by number and in the order in which they are written. */
export interface MessagePlan {
  readonly name: string;
  readonly fields: readonly FieldPlan[];
  readonly byNumber: ReadonlyMap<number, FieldPlan>;
}

const payloadFields = new Set(['floatData', 'int32Data', 'int64Data', 'rawData', 'doubleData', 'uint64Data']);

const wireForms: Readonly<Record<ScalarType, WireForm>> = {
  int32: 'varint',
  int64: 'varint',
  uint64: 'varint',
  float: 'fixed32',
  double: 'fixed64',
  string: 'length',
  bytes: 'length',
};

const root = protobuf.Root.fromJSON(compiled as protobuf.INamespace).resolveAll();
const plans = new Map<protobuf.Type, MessagePlan>();

/** The plan of a message of `onnx.proto`, such as `ModelProto`. */
export function messagePlan(name: string): MessagePlan {
  return planOf(root.lookupType(`onnx.${name}`));
}

function planOf(type: protobuf.Type): MessagePlan {
  const known = plans.get(type);
  if (known) return known;
  const fields: FieldPlan[] = [];
  const byNumber = new Map<number, FieldPlan>();
  const plan: MessagePlan = { name: type.name, fields, byNumber };
  plans.set(type, plan);
  for (const field of [...type.fieldsArray].sort((a, b) => a.id - b.id)) {
    const entry = fieldPlan(field, type);
    fields.push(entry);
    byNumber.set(entry.number, entry);
  }
  return plan;
}

function fieldPlan(field: protobuf.Field, owner: protobuf.Type): FieldPlan {
  const { resolvedType } = field;
  const common = {
    number: field.id,
    name: field.name,
    repeated: field.repeated,
    packed: field.packed,
    excludes: (field.partOf?.fieldsArray ?? []).map(({ name }) => name).filter((name) => name !== field.name),
  };
  if (resolvedType instanceof protobuf.Type) {
    return { ...common, packed: false, wire: 'length', message: planOf(resolvedType), payload: false };
  }
  const scalar = resolvedType instanceof protobuf.Enum ? 'int32' : (field.type as ScalarType);
  const payload = owner.name === 'TensorProto' && payloadFields.has(field.name);
  return { ...common, scalar, wire: wireForms[scalar], payload };
}
