import type { Tensor } from '../tensor/tensor.js';
import { MemorySource } from './byteSource.js';
import { decodeMessage } from './decodeMessage.js';
import { noExternalFiles } from './externalData.js';
import type { TensorProto } from './protos.js';
import { messagePlan } from './schema.js';
import { storedTensor } from './storedTensor.js';
import { WireReader } from './wireReader.js';

/** A TensorProto on its own: what `input_0.pb` of an ONNX test data set holds. `file` names it in failures. */
export function readTensorProto(bytes: Uint8Array, file: string): { name: string; tensor: Tensor } {
  const source = new MemorySource(file, bytes);
  const reader = new WireReader(source);
  reader.what = 'the tensor';
  const proto = decodeMessage(reader, messagePlan('TensorProto')) as TensorProto;
  return { name: proto.name ?? '', tensor: storedTensor(proto, { source, external: noExternalFiles }) };
}
