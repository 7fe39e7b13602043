import type { Model } from '../graph/model.js';
import { encodeModel } from '../onnx/encodeModel.js';
import type { Runtime, Session, SessionOptions } from './session.js';

/** Loads a model that is in memory. */
export async function loadModel(
  runtime: Runtime,
  model: Model,
  options?: SessionOptions,
  signal?: AbortSignal,
): Promise<Session> {
  const bytes = await encodeModel(model);
  return runtime.load({ kind: 'bytes', bytes, name: model.graph.name || 'the model' }, options, signal);
}
