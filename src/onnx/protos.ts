/**
 * The messages of `onnx.proto` as the decoder gives them: an absent field is absent, int64 is a bigint, a tensor's
 * elements are left in the file. Only the fields that the graph models are listed with their types; all others ride along
 * under their own names, and fields that the schema does not know under `unknownFields`.
 */
import type { ByteRange } from './byteSource.js';
import type { FreshPayload, Payload } from './payload.js';

/** Fields that the schema does not know, tags included, in file order. */
export const unknownFields = Symbol('unknown fields');

export interface Message {
  [unknownFields]?: ByteRange[];
}

export interface EntryProto extends Message {
  key?: string;
  value?: string;
}

export interface OpsetProto extends Message {
  domain?: string;
  version?: bigint;
}

export interface TensorProto extends Message {
  dims?: bigint[];
  dataType?: number;
  segment?: Message;
  floatData?: Payload;
  int32Data?: Payload;
  stringData?: Uint8Array[];
  int64Data?: Payload;
  name?: string;
  rawData?: Payload | FreshPayload;
  doubleData?: Payload;
  uint64Data?: Payload;
  docString?: string;
  externalData?: EntryProto[];
  dataLocation?: number;
  metadataProps?: EntryProto[];
}

export interface SparseTensorProto extends Message {
  values?: TensorProto;
  indices?: TensorProto;
  dims?: bigint[];
}

export interface DimensionProto extends Message {
  dimValue?: bigint;
  dimParam?: string;
  denotation?: string;
}

export interface TensorTypeProto extends Message {
  elemType?: number;
  shape?: Message & { dim?: DimensionProto[] };
}

export interface TypeProto extends Message {
  tensorType?: TensorTypeProto;
  sparseTensorType?: TensorTypeProto;
  sequenceType?: Message;
  mapType?: Message;
  optionalType?: Message;
  opaqueType?: Message;
  denotation?: string;
}

export interface ValueInfoProto extends Message {
  name?: string;
  type?: TypeProto;
  docString?: string;
  metadataProps?: EntryProto[];
}

export interface AttributeProto extends Message {
  name?: string;
  f?: number;
  i?: bigint;
  s?: Uint8Array | ByteRange;
  t?: TensorProto;
  g?: GraphProto;
  floats?: number[];
  ints?: bigint[];
  strings?: Uint8Array[];
  tensors?: TensorProto[];
  graphs?: GraphProto[];
  docString?: string;
  tp?: TypeProto;
  typeProtos?: TypeProto[];
  type?: number;
  refAttrName?: string;
  sparseTensor?: SparseTensorProto;
  sparseTensors?: SparseTensorProto[];
}

export interface NodeProto extends Message {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeProto[];
  docString?: string;
  domain?: string;
  overload?: string;
  metadataProps?: EntryProto[];
}

export interface GraphProto extends Message {
  node?: NodeProto[];
  name?: string;
  initializer?: TensorProto[];
  docString?: string;
  input?: ValueInfoProto[];
  output?: ValueInfoProto[];
  valueInfo?: ValueInfoProto[];
  sparseInitializer?: SparseTensorProto[];
  metadataProps?: EntryProto[];
}

export interface FunctionProto extends Message {
  name?: string;
  input?: string[];
  output?: string[];
  attribute?: string[];
  node?: NodeProto[];
  docString?: string;
  opsetImport?: OpsetProto[];
  domain?: string;
  attributeProto?: AttributeProto[];
  valueInfo?: ValueInfoProto[];
  overload?: string;
  metadataProps?: EntryProto[];
}

export interface ModelProto extends Message {
  irVersion?: bigint;
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: bigint;
  docString?: string;
  graph?: GraphProto;
  opsetImport?: OpsetProto[];
  metadataProps?: EntryProto[];
  trainingInfo?: Message[];
  functions?: FunctionProto[];
}
