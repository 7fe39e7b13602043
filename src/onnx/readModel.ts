import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import type { ByteSource } from './byteSource.js';
import { MemorySource } from './byteSource.js';
import { decodeMessage } from './decodeMessage.js';
import type { ExternalFiles } from './externalData.js';
import { noExternalFiles } from './externalData.js';
import { checkFileKind } from './fileKind.js';
import type { ModelProto } from './protos.js';
import { messagePlan } from './schema.js';
import type { StoredBytes } from './storedTensor.js';
import { toModel } from './toModel.js';
import { WireReader } from './wireReader.js';

/** A model in memory. The bytes must not change. Throws a Failure that calls it `name` where it is not a model. */
export function readModel(bytes: Uint8Array, name = 'the model'): Model {
  return scanModel(new MemorySource(name, bytes), noExternalFiles).model;
}

/** Reads everything but the tensors' elements. */
export function scanModel(source: ByteSource, external: ExternalFiles): { model: Model; unreadable: StoredBytes[] } {
  const head = new Uint8Array(Math.min(64, source.byteLength));
  source.readIntoSync(0, head);
  checkFileKind(source.name, source.byteLength, head);
  const proto = decode(source);
  if (!proto.graph) throw new Failure('onnx.not-a-model', { file: source.name, detail: 'it has no graph' });
  return toModel(proto, { source, external });
}

function decode(source: ByteSource): ModelProto {
  const reader = new WireReader(source);
  try {
    return decodeMessage(reader, messagePlan('ModelProto'));
  } catch (error) {
    // Where not even the first field can be read, the file is no protobuf at all.
    if (error instanceof Failure && error.params['what'] === 'ModelProto' && reader.position < 16) {
      throw new Failure('onnx.not-a-model', { file: source.name, detail: 'its first bytes are not those of one' });
    }
    throw error;
  }
}
