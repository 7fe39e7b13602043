import { Failure } from '../messages/failure.js';
import type { FileRange } from '../tensor/tensor.js';

/** Bytes that can be read by range: a file, or memory. Ranges must lie inside; the readers check what a file claims. */
export interface ByteSource {
  /** How a person knows it: a file's name. */
  readonly name: string;
  readonly byteLength: number;
  /** A copy at a fresh, aligned address. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Fills `target` from `offset` on. */
  readIntoSync(offset: number, target: Uint8Array): void;
  /** A part of it as another thread can read it, where it is a file. */
  fileRange?(offset: number, byteLength: number): FileRange;
}

/** Bytes in memory as a source. They must not change. */
export class MemorySource implements ByteSource {
  constructor(
    readonly name: string,
    private readonly bytes: Uint8Array,
  ) {}

  get byteLength(): number {
    return this.bytes.byteLength;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const target = new Uint8Array(length);
    this.readIntoSync(offset, target);
    return Promise.resolve(target);
  }

  readIntoSync(offset: number, target: Uint8Array): void {
    if (offset + target.byteLength > this.bytes.byteLength) {
      throw new Failure('onnx.truncated', { file: this.name, what: 'a tensor', offset: this.bytes.byteLength });
    }
    target.set(this.bytes.subarray(offset, offset + target.byteLength));
  }
}

/** A part of a source. `resident` holds its bytes where they are in memory already. */
export class ByteRange {
  constructor(
    readonly source: ByteSource,
    readonly offset: number,
    readonly byteLength: number,
    readonly resident?: Uint8Array,
  ) {}

  /** Bytes `start` to `end` of the range, at a fresh, aligned address. */
  read(start = 0, end = this.byteLength): Promise<Uint8Array> {
    if (start < 0 || end > this.byteLength || start > end) {
      return Promise.reject(new RangeError(`bytes ${start} to ${end} of a range of ${this.byteLength}`));
    }
    if (this.resident) return Promise.resolve(this.resident.slice(start, end));
    return this.source.read(this.offset + start, end - start);
  }

  get fileRange(): FileRange | undefined {
    return this.source.fileRange?.(this.offset, this.byteLength);
  }

  readSync(): Uint8Array {
    if (this.resident) return this.resident;
    const target = new Uint8Array(this.byteLength);
    this.source.readIntoSync(this.offset, target);
    return target;
  }
}
