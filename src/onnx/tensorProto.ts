import type { Tensor } from '../tensor/tensor.js';
import { MemorySource } from './byteSource.js';
import { decodeMessage } from './decodeMessage.js';
import { noExternalFiles } from './externalData.js';
import type { TensorProto } from './protos.js';
import { messagePlan } from './schema.js';
import { storedTensor } from './storedTensor.js';
import { checkFileKind } from './fileKind.js';
import { WireReader } from './wireReader.js';

/** A TensorProto on its own, as the files of ONNX test data sets hold. Throws a Failure that names `file`. */
export function readTensorProto(bytes: Uint8Array, file: string): { name: string; tensor: Tensor } {
  checkFileKind(file, bytes.byteLength, bytes.subarray(0, 64));
  const source = new MemorySource(file, bytes);
  const proto: TensorProto = decodeMessage(new WireReader(source), messagePlan('TensorProto'));
  return { name: proto.name ?? '', tensor: storedTensor(proto, { source, external: noExternalFiles }) };
}
