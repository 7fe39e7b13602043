import { Failure } from '../messages/failure.js';
import { sameIdentity, SourceFile } from '../onnx/sourceFile.js';

/** Bytes read by range, at a fresh, aligned address. */
export interface RandomAccess {
  readonly byteLength: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file that is open only while it is read, so that a data set holds nothing that must be closed. */
export function fileAccess(path: string): RandomAccess {
  const { identity } = SourceFile.find(path);
  return {
    byteLength: identity.size,
    async read(offset, length) {
      const file = SourceFile.find(path);
      try {
        if (!sameIdentity(file.identity, identity)) throw new Failure('data.changed', { file: path });
        return await file.read(offset, length);
      } finally {
        await file.close();
      }
    },
  };
}

/** A part of other bytes. */
export function sliceOf(source: RandomAccess, start: number, byteLength: number): RandomAccess {
  return { byteLength, read: (offset, length) => source.read(start + offset, length) };
}

/** Bytes that are made when they are first read, and kept. */
export function madeOnce(byteLength: number, make: () => Promise<Uint8Array>): RandomAccess {
  let made: Promise<Uint8Array> | undefined;
  return {
    byteLength,
    async read(offset, length) {
      made ??= make();
      return (await made).slice(offset, offset + length);
    },
  };
}
