import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../../messages/failure.js';
import { systemReason } from '../../onnx/systemReason.js';
import { beingWritten, removeLeftovers, temporaryPathOf } from '../../onnx/temporaryFiles.js';
import { checkOutput } from '../../onnx/writeModel.js';

export type FileContent = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

export interface WriteFileOptions {
  /** Files that must not be replaced: the model, and its data. */
  readonly inputs: readonly string[];
  readonly signal?: AbortSignal;
}

/** Text is gathered to pieces of this length. */
const bufferLength = 1 << 18;

/**
 * Writes a file beside its place and renames it when it is complete: what was there before, or all of the new. Resolves with
 * its length in bytes. Throws what `checkOutput` throws, and `onnx.unwritable`; then, and after an abort, nothing is left.
 */
export async function writeFile(path: string, content: FileContent, options: WriteFileOptions): Promise<number> {
  const output = resolve(path);
  await checkOutput(output, options.inputs);
  if (beingWritten.has(output)) throw new Failure('onnx.being-written', { output });
  beingWritten.add(output);
  const temporary = temporaryPathOf(output, 'model');
  try {
    await removeLeftovers(dirname(output)).catch(() => undefined);
    const bytes = await writeContent(temporary, content, options.signal);
    await rename(temporary, output);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(output, error);
  } finally {
    beingWritten.delete(output);
  }
}

async function writeContent(path: string, content: FileContent, signal?: AbortSignal): Promise<number> {
  const file = await open(path, 'w');
  let written = 0;
  const write = async (piece: Uint8Array | string) => {
    signal?.throwIfAborted();
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
    for (let done = 0; done < bytes.byteLength;) {
      done += (await file.write(bytes, done, bytes.byteLength - done)).bytesWritten;
    }
    written += bytes.byteLength;
  };
  try {
    let text = '';
    for await (const piece of content) {
      if (typeof piece === 'string') {
        text += piece;
        if (text.length < bufferLength) continue;
      }
      await write(text);
      text = '';
      if (typeof piece !== 'string') await write(piece);
    }
    await write(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return written;
}

function writeFailure(output: string, error: unknown): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof Failure || code === undefined || syscall === undefined) return error;
  return new Failure('onnx.unwritable', { file: output, detail: systemReason(message) }, { cause: error });
}
