import type { FileHandle } from 'node:fs/promises';
import type { LazyBytes } from './payload.js';

const bufferSize = 1 << 20;
const chunkSize = 8 << 20;

export interface WriteSteps {
  readonly signal?: AbortSignal;
  /** Called with the bytes that were just written. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

/** Writes bytes and lazy bytes one after the other; never more of them in memory than a chunk. */
export async function writePieces(
  file: FileHandle,
  pieces: Iterable<Uint8Array | LazyBytes>,
  { signal, onBytes }: WriteSteps,
): Promise<void> {
  const buffer = new Uint8Array(bufferSize);
  let buffered = 0;
  const write = async (bytes: Uint8Array) => {
    signal?.throwIfAborted();
    for (let done = 0; done < bytes.byteLength;) {
      done += (await file.write(bytes, done, bytes.byteLength - done)).bytesWritten;
    }
    onBytes?.(bytes);
  };
  const flush = async () => {
    if (buffered > 0) await write(buffer.subarray(0, buffered));
    buffered = 0;
  };
  const put = async (bytes: Uint8Array) => {
    const direct = bytes.byteLength > bufferSize / 2;
    if (direct || buffered + bytes.byteLength > bufferSize) await flush();
    if (direct) {
      await write(bytes);
      return;
    }
    buffer.set(bytes, buffered);
    buffered += bytes.byteLength;
  };
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) await put(piece);
    else if (piece.resident) await put(piece.resident);
    else {
      for (let start = 0; start < piece.byteLength; start += chunkSize) {
        signal?.throwIfAborted();
        await put(await piece.read(start, Math.min(start + chunkSize, piece.byteLength)));
      }
    }
  }
  await flush();
}
