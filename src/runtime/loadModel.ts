import { join } from 'node:path';
import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import { encodeModel, modelEncoding } from '../onnx/encodeModel.js';
import { writeModel } from '../onnx/writeModel.js';
import { makeModelFolder } from './modelFolder.js';
import type { ModelSource, Session, SessionOptions } from './session.js';

/** Larger models go to the runner by way of a file: as a message they would be in memory several times. */
const LARGEST_MESSAGE = 64 << 20;

export interface LoadModelOptions {
  readonly signal?: AbortSignal;
  /** What failures call the model; else the name of its graph. */
  readonly name?: string;
  /** The most bytes that are sent to the runner as a message. */
  readonly largestMessage?: number;
}

/** Loads a model that is in memory. A large one is written to the system's temporary folder until it is released. */
export async function loadModel<S extends Pick<Session, 'release'>>(
  runtime: { load(source: ModelSource, options?: SessionOptions, signal?: AbortSignal): Promise<S> },
  model: Model,
  options?: SessionOptions,
  { signal, name = model.graph.name || 'the model', largestMessage = LARGEST_MESSAGE }: LoadModelOptions = {},
): Promise<S> {
  if (modelEncoding(model, 'inline').byteLength <= largestMessage) {
    const bytes = await encodeModel(model);
    return runtime.load({ kind: 'bytes', bytes, name }, options, signal);
  }
  const folder = await makeModelFolder();
  try {
    const path = join(folder.path, 'model.onnx');
    await writeModel(model, path, { signal });
    const session = await runtime.load({ kind: 'file', path }, options, signal);
    return { ...session, release: () => session.release().finally(() => folder.remove()) };
  } catch (error) {
    await folder.remove();
    throw signal?.aborted ? new Failure('cancelled', {}, { cause: error }) : error;
  }
}
