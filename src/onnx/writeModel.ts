import { createHash } from 'node:crypto';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import { DataFileLayout } from './dataFile.js';
import type { Encoding } from './encodeMessage.js';
import { largestMessage, modelEncoding } from './encodeModel.js';
import { fromModel } from './fromModel.js';
import { originOf } from './origin.js';
import type { LazyBytes } from './payload.js';
import { systemReason } from './systemReason.js';
import { beingWritten, dataFileName, removeLeftovers, removeStaleData, temporaryPathOf } from './temporaryFiles.js';
import { writePieces } from './writePieces.js';

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Files that the output must not replace, beside those that the model was read from. */
  readonly inputs?: readonly string[];
  /** The longest model file in bytes; past it the large initializers go to a data file. protobuf's 2 GiB if absent. */
  readonly longestFile?: number;
}

/** A model that is written, but not yet in its place. */
export interface StagedModel {
  /** The model under its temporary name: complete, with its data file in place; onnxruntime can load it. */
  readonly temporaryPath: string;
  /** Bytes of the model file and its data file. */
  readonly byteLength: number;
  readonly dataFile?: string;
  /** Puts the model in its place, at once, replacing what is there. Close what is open on the output before it. */
  commit(): Promise<void>;
  /** Removes what was written. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/**
 * Writes a model beside its place, streaming the tensors. Throws what `checkOutput` throws. On a failure or an abort nothing is left; what processes that were killed left
 * in the folder is removed first.
 */
export async function stageModel(model: Model, path: string, options: WriteOptions = {}): Promise<StagedModel> {
  const output = resolve(path);
  await checkOutput(output, [...originOf(model).map((file) => file.path), ...(options.inputs ?? [])]);
  if (beingWritten.has(output)) throw new Failure('onnx.being-written', { output });
  beingWritten.add(output);
  await removeLeftovers(dirname(output)).catch(() => undefined);
  const staging = new Staging(output, options);
  try {
    await staging.write(model);
    return staging;
  } catch (error) {
    await staging.discard();
    throw writeFailure(output, error);
  }
}

/** Writes a model to a file: `stageModel` and `commit`. */
export async function writeModel(model: Model, path: string, options: WriteOptions = {}): Promise<void> {
  const staged = await stageModel(model, path, options);
  await staged.commit();
}

class Staging implements StagedModel {
  readonly temporaryPath: string;
  byteLength = 0;
  dataFile?: string;
  #madeDataFile = false;
  #done = false;
  #written = 0;

  constructor(
    private readonly output: string,
    private readonly options: WriteOptions,
  ) {
    this.temporaryPath = temporaryPathOf(output, 'model');
  }

  async write(model: Model): Promise<void> {
    let encoding = modelEncoding(model, 'inline');
    this.byteLength = encoding.byteLength;
    const limit = Math.min(this.options.longestFile ?? largestMessage, largestMessage);
    if (encoding.byteLength > limit) {
      // The model's temporary file stands from the first moment: what a killed process leaves is found by it.
      await this.#writeFile(this.temporaryPath, []);
      encoding = await this.#writeData(model);
    }
    if (encoding.byteLength > largestMessage) {
      throw new Failure('onnx.too-large', { bytes: encoding.byteLength, limit: largestMessage });
    }
    await this.#writeFile(this.temporaryPath, encoding.pieces);
  }

  async commit(): Promise<void> {
    if (this.#done) return;
    try {
      await rename(this.temporaryPath, this.output);
    } catch (error) {
      await this.discard();
      throw writeFailure(this.output, error);
    }
    this.#done = true;
    beingWritten.delete(this.output);
    await removeStaleData(this.output);
  }

  async discard(): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    await rm(this.temporaryPath, { force: true });
    await rm(temporaryPathOf(this.output, 'data'), { force: true });
    if (this.dataFile && this.#madeDataFile) await rm(this.dataFile, { force: true });
    beingWritten.delete(this.output);
  }

  /** Writes the large initializers to a data file that is named after its content; gives the model that refers to it. */
  async #writeData(model: Model): Promise<Encoding> {
    const layout = new DataFileLayout('');
    fromModel(model, layout);
    if (layout.byteLength === 0) return modelEncoding(model, 'inline');
    const temporary = temporaryPathOf(this.output, 'data');
    const hash = createHash('sha256');
    await this.#writeFile(temporary, layout.pieces(), (bytes) => hash.update(bytes));
    const name = dataFileName(this.output, hash.digest('hex'));
    this.dataFile = join(dirname(this.output), name);
    this.#madeDataFile = !(await exists(this.dataFile));
    await rename(temporary, this.dataFile);
    const encoding = modelEncoding(model, new DataFileLayout(name));
    this.byteLength = layout.byteLength + encoding.byteLength;
    return encoding;
  }

  async #writeFile(
    path: string,
    pieces: Iterable<Uint8Array | LazyBytes>,
    onBytes?: (bytes: Uint8Array) => void,
  ): Promise<void> {
    const { signal, onProgress } = this.options;
    const file = await open(path, 'w');
    try {
      await writePieces(file, pieces, {
        signal,
        onBytes: (bytes) => {
          onBytes?.(bytes);
          this.#written += bytes.byteLength;
          onProgress?.(Math.min(1, this.#written / this.byteLength));
        },
      });
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Checks that a model can be put at a path, before work is spent on it. Throws `onnx.output-is-input` where the output is
 * one of the inputs, by its path or through links; `onnx.output-not-a-file` where it is a folder or a device;
 * `onnx.no-folder` or `onnx.unwritable` where its folder does not take it.
 */
export async function checkOutput(path: string, inputs: readonly string[]): Promise<void> {
  const output = resolve(path);
  const target = await stat(output, { bigint: true }).catch(() => undefined);
  for (const input of inputs.map((file) => resolve(file))) {
    const source = await stat(input, { bigint: true }).catch(() => undefined);
    const same = target && source && target.dev === source.dev && target.ino === source.ino;
    if (same || input === output) throw new Failure('onnx.output-is-input', { output, input });
  }
  if (target && !target.isFile()) throw new Failure('onnx.output-not-a-file', { output });
  const folder = dirname(output);
  const place = await stat(folder).catch(() => undefined);
  if (!place?.isDirectory()) throw new Failure('onnx.no-folder', { folder, output });
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw writeFailure(output, error);
  });
}

function writeFailure(output: string, error: unknown): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof Failure || code === undefined || syscall === undefined) return error;
  return new Failure('onnx.unwritable', { file: output, detail: systemReason(message) }, { cause: error });
}
