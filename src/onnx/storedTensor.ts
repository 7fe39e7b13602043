import { Failure } from '../messages/failure.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementCount, elementTypeOfCode, elementTypes, storedBytes } from '../tensor/elementType.js';
import type { FileRange, Tensor, TensorBytes } from '../tensor/tensor.js';
import type { ByteSource } from './byteSource.js';
import { ByteRange } from './byteSource.js';
import type { ExternalFiles } from './externalData.js';
import type { TensorProto } from './protos.js';
import type { TypedFieldName } from './typedField.js';
import { TypedField, typedFieldOf } from './typedField.js';

/** Typed fields that are at most so long in the file are decoded at once. */
const residentTyped = 4 << 10;

/** TensorProto.DataLocation.EXTERNAL */
export const externalLocation = 1;

/** What tensors are read with. */
export interface TensorReading {
  readonly source: ByteSource;
  readonly external: ExternalFiles;
}

/** The bytes of a tensor of a file. It remembers the tensor's form there, so that it can be written again as it was. */
export class StoredBytes implements TensorBytes {
  readonly resident?: Uint8Array;

  constructor(
    readonly byteLength: number,
    readonly proto: TensorProto,
    readonly elementType: ElementType,
    private readonly content: ByteRange | TypedField | Failure,
    /** The data file, where the tensor is not in the model's own. */
    readonly externalSource?: ByteSource,
  ) {
    if (content instanceof Failure) return;
    if (content instanceof TypedField) {
      if (content.storedLength <= residentTyped) this.resident = content.readSync(0, byteLength);
    } else this.resident = content.resident;
  }

  /** The field of the file that holds the elements one by one (`floatData`), and its bytes there; undefined for raw bytes. */
  get typedField(): { readonly name: TypedFieldName; readonly byteLength: number } | undefined {
    const name = typedFieldOf(this.elementType);
    if (this.proto.rawData || this.externalSource || !name) return undefined;
    const runs = this.proto[name]?.runs ?? [];
    return runs.length === 0
      ? undefined
      : { name, byteLength: runs.reduce((sum, run) => sum + run.range.byteLength, 0) };
  }

  /** Why the bytes cannot be read, where that is known already. */
  get failure(): Failure | undefined {
    return this.content instanceof Failure ? this.content : undefined;
  }

  get fileRange(): FileRange | undefined {
    return this.content instanceof ByteRange ? this.content.fileRange : undefined;
  }

  read(start = 0, end = this.byteLength): Promise<Uint8Array> {
    if (this.content instanceof Failure) return Promise.reject(this.content);
    if (start < 0 || end > this.byteLength || start > end) {
      return Promise.reject(new RangeError(`bytes ${start} to ${end} of a tensor of ${this.byteLength}`));
    }
    if (this.resident) return Promise.resolve(this.resident.slice(start, end));
    return this.content.read(start, end);
  }
}

/**
 * A tensor of the file. Throws where its type is not one of ONNX; where only its bytes are not what its type and shape ask
 * for, reading them rejects.
 */
export function storedTensor(proto: TensorProto, reading: TensorReading): Tensor {
  const name = proto.name ?? '';
  const file = reading.source.name;
  const elementType = elementTypeOfCode(proto.dataType ?? 0);
  if (!elementType) throw new Failure('onnx.element-type', { file, tensor: name, code: proto.dataType ?? 0 });
  const shape = (proto.dims ?? []).map(Number);
  const elements = elementCount(shape);
  if (shape.some((size) => size < 0) || !Number.isSafeInteger(elements * 16)) {
    throw new Failure('onnx.tensor-shape', { file, tensor: name, shape: `[${shape.join(', ')}]` });
  }
  if (elementType === 'string') {
    const strings = proto.stringData ?? [];
    const failure = strings.length === elements ? undefined : sizeFailure(proto, reading, elements, strings.length);
    const bytes = new StoredBytes(0, proto, elementType, failure ?? emptyRange(reading));
    return { elementType, shape, bytes, strings };
  }
  return { elementType, shape, bytes: storedBytesOf(proto, elementType, elements, reading) };
}

function storedBytesOf(proto: TensorProto, type: ElementType, elements: number, reading: TensorReading): StoredBytes {
  const expected = storedBytes(type, elements);
  const exactly = (range: ByteRange) =>
    range.byteLength === expected ? range : sizeFailure(proto, reading, expected, range.byteLength);

  if (proto.dataLocation === externalLocation) {
    const found = reading.external.range(proto, expected);
    if (found instanceof Failure) return new StoredBytes(expected, proto, type, found);
    return new StoredBytes(expected, proto, type, exactly(found), found.source);
  }
  if (proto.rawData && 'runs' in proto.rawData) {
    return new StoredBytes(expected, proto, type, exactly(proto.rawData.runs[0]!.range));
  }
  if (elements === 0) return new StoredBytes(expected, proto, type, emptyRange(reading));
  const name = typedFieldOf(type)!;
  const tooShort = sizeFailure(proto, reading, expected, 'fewer');
  const field = new TypedField(proto[name]?.runs ?? [], type, name, elements, () => tooShort);
  if (field.mostEntries < elements / packedElements(type)) return new StoredBytes(expected, proto, type, tooShort);
  try {
    return new StoredBytes(expected, proto, type, field.plainRange() ?? field);
  } catch (error) {
    if (error instanceof Failure) return new StoredBytes(expected, proto, type, error);
    throw error;
  }
}

/** Elements that one entry of int32_data can hold. */
function packedElements(type: ElementType): number {
  const { bits } = elementTypes[type];
  return bits < 8 && bits !== 6 ? 8 / bits : 1;
}

function emptyRange(reading: TensorReading): ByteRange {
  return new ByteRange(reading.source, 0, 0, new Uint8Array(0));
}

function sizeFailure(proto: TensorProto, reading: TensorReading, expected: number, found: number | string): Failure {
  const params = { file: reading.source.name, tensor: proto.name ?? '', expected, found };
  return new Failure('onnx.tensor-size', params);
}
