import type { BigIntStats } from 'node:fs';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../messages/failure.js';
import type { FileIdentity, FileRange } from '../tensor/tensor.js';
import type { ByteSource } from './byteSource.js';
import { systemReason } from './systemReason.js';

function identityOf(stats: BigIntStats): FileIdentity {
  return { size: Number(stats.size), modified: stats.mtimeNs, inode: stats.ino, device: stats.dev };
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return a.size === b.size && a.modified === b.modified && a.inode === b.inode && a.device === b.device;
}

/** The longest single read: the operating systems take no more than 2 GiB at once. */
const longestRead = 1 << 30;

/**
 * A file whose ranges are read when needed. Each lazy read checks that the file is the one that was opened: else it
 * rejects with `onnx.file-changed`. A file that may not be read rejects with `onnx.unreadable`.
 */
export class SourceFile implements ByteSource {
  readonly name: string;
  #handle: Promise<FileHandle> | undefined;
  #descriptor: number | undefined;
  #closed = false;

  private constructor(
    readonly path: string,
    readonly identity: FileIdentity,
    descriptor: number | undefined,
  ) {
    this.name = basename(path);
    this.#descriptor = descriptor;
  }

  /** Opens a regular file for the scan, which reads without waiting. Throws the system's error (ENOENT, EACCES, …). */
  static openForScan(path: string): SourceFile {
    if (!statSync(path).isFile()) throw new Failure('onnx.not-a-file', { file: path });
    const descriptor = openSync(path, 'r');
    return new SourceFile(path, identityOf(fstatSync(descriptor, { bigint: true })), descriptor);
  }

  /** A regular file that is opened at the first read. Throws the system's error. */
  static find(path: string): SourceFile {
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile()) throw new Failure('onnx.not-a-file', { file: path });
    return new SourceFile(path, identityOf(stats), undefined);
  }

  /**
   * The file of a range that another thread has opened, for reading without waiting until `endScan`. Throws where it is not
   * that file any more, or may not be read.
   */
  static reopen({ path, identity }: FileRange): SourceFile {
    const file = new SourceFile(path, identity, undefined);
    try {
      const descriptor = openSync(path, 'r');
      file.#descriptor = descriptor;
      file.#check(identityOf(fstatSync(descriptor, { bigint: true })));
      return file;
    } catch (error) {
      file.endScan();
      throw error instanceof Failure ? error : file.#unreadable(error);
    }
  }

  get byteLength(): number {
    return this.identity.size;
  }

  /** Throws `onnx.file-changed` where the path leads to another file by now, or to the same with another content. */
  checkUnchanged(): void {
    let now: BigIntStats;
    try {
      now = statSync(this.path, { bigint: true });
    } catch (error) {
      throw this.#unreadable(error);
    }
    this.#check(identityOf(now));
  }

  fileRange(offset: number, byteLength: number): FileRange {
    return { path: this.path, identity: this.identity, offset, byteLength };
  }

  /** Ends the scan: what is read after it is read lazily. */
  endScan(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  readIntoSync(offset: number, target: Uint8Array): void {
    const descriptor = this.#descriptor ?? openSync(this.path, 'r');
    try {
      if (this.#descriptor === undefined) this.#check(identityOf(fstatSync(descriptor, { bigint: true })));
      for (let done = 0; done < target.byteLength;) {
        const length = Math.min(target.byteLength - done, longestRead);
        const count = readSync(descriptor, target, done, length, offset + done);
        if (count === 0) throw this.#changed();
        done += count;
      }
    } finally {
      if (this.#descriptor === undefined) closeSync(descriptor);
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (this.#closed) throw new Error(`${this.path} was closed`);
    this.#handle ??= open(this.path, 'r');
    const [handle, now] = await Promise.all([
      this.#handle.catch((error: unknown) => Promise.reject(this.#unreadable(error))),
      stat(this.path, { bigint: true }).catch((error: unknown) => Promise.reject(this.#unreadable(error))),
    ]);
    this.#check(identityOf(now));
    const target = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await handle.read(target, done, Math.min(length - done, longestRead), offset + done);
      if (bytesRead === 0) throw this.#changed();
      done += bytesRead;
    }
    return target;
  }

  /** Closes what is open. Later reads reject. */
  async close(): Promise<void> {
    this.#closed = true;
    this.endScan();
    const handle = await this.#handle?.catch(() => undefined);
    this.#handle = undefined;
    await handle?.close();
  }

  #check(now: FileIdentity): void {
    if (!sameIdentity(now, this.identity)) throw this.#changed();
  }

  /** Of an error of the system: the file is not there any more, or may not be read. */
  #unreadable(error: unknown): Failure {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return this.#changed();
    return new Failure('onnx.unreadable', { file: this.path, detail: systemReason(message) }, { cause: error });
  }

  #changed(): Failure {
    return new Failure('onnx.file-changed', { file: this.path });
  }
}
