import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import type { Encoding } from './encodeMessage.js';
import { encodeMessage } from './encodeMessage.js';
import type { TensorPlacement } from './fromModel.js';
import { fromModel } from './fromModel.js';
import { messagePlan } from './schema.js';

/** protobuf's limit for a message, in bytes: 2 GiB less one. */
export const largestMessage = 2 ** 31 - 1;

/**
 * A model as the bytes of a file, to hand to onnxruntime. Tensors of data files are put into it, or with `refer` stay where
 * they are. A model of more than 2 GiB is refused: `stageModel` writes it to files.
 */
export async function encodeModel(model: Model, placement: 'inline' | 'refer' = 'inline'): Promise<Uint8Array> {
  const { byteLength, pieces } = modelEncoding(model, placement);
  if (byteLength > largestMessage) {
    throw new Failure('onnx.too-large', { bytes: byteLength, limit: largestMessage });
  }
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece instanceof Uint8Array ? piece : (piece.resident ?? (await piece.read(0, piece.byteLength))), at);
    at += piece.byteLength;
  }
  return bytes;
}

export function modelEncoding(model: Model, placement: TensorPlacement): Encoding {
  return encodeMessage(messagePlan('ModelProto'), fromModel(model, placement));
}
