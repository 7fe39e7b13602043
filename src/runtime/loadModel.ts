import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import { encodeModel, modelEncoding } from '../onnx/encodeModel.js';
import { isAlive } from '../onnx/isAlive.js';
import { writeModel } from '../onnx/writeModel.js';
import type { Runtime, Session, SessionOptions } from './session.js';

/** Larger models go to the runner by way of a file: as a message they would be in memory several times. */
const LARGEST_MESSAGE = 64 << 20;

/** Folders of models that were written to be loaded, by the process that wrote them. */
const folderPrefix = (pid: number | string) => `tare-model-${pid}-`;

export interface LoadModelOptions {
  readonly signal?: AbortSignal;
  /** What failures call the model; else the name of its graph. */
  readonly name?: string;
  /** The most bytes that are sent to the runner as a message. */
  readonly largestMessage?: number;
}

/** Loads a model that is in memory. A large one is written to the system's temporary folder until it is released. */
export async function loadModel(
  runtime: Runtime,
  model: Model,
  options?: SessionOptions,
  { signal, name = model.graph.name || 'the model', largestMessage = LARGEST_MESSAGE }: LoadModelOptions = {},
): Promise<Session> {
  if (modelEncoding(model, 'inline').byteLength <= largestMessage) {
    const bytes = await encodeModel(model);
    return runtime.load({ kind: 'bytes', bytes, name }, options, signal);
  }
  await removeFoldersOfTheDead();
  const folder = await mkdtemp(join(tmpdir(), folderPrefix(process.pid)));
  const removeFolder = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const path = join(folder, 'model.onnx');
    await writeModel(model, path, { signal });
    const session = await runtime.load({ kind: 'file', path }, options, signal);
    return { ...session, release: () => session.release().finally(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw signal?.aborted ? new Failure('cancelled', {}, { cause: error }) : error;
  }
}

async function removeFoldersOfTheDead(): Promise<void> {
  const pattern = new RegExp(`^${folderPrefix('(\\d+)')}`);
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const pid = Number(pattern.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
