import { Failure } from '../messages/failure.js';
import type { ByteSource } from './byteSource.js';
import { ByteRange } from './byteSource.js';

const smallestWindow = 4 << 10;
const largestWindow = 256 << 10;

/**
 * Reads protobuf's primitives through a window that moves over a source, so that what is skipped is never read. Every
 * length is checked against the source's end before anything is allocated for it.
 */
export class WireReader {
  position = 0;
  /** What is being read, for the failures. */
  what = 'the model';

  #window: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  #windowStart = 0;
  #windowSize = smallestWindow;

  constructor(readonly source: ByteSource) {}

  get end(): number {
    return this.source.byteLength;
  }

  /** A varint's low 32 bits. */
  varint32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw this.malformed('a number has more than ten bytes');
  }

  varint64(): bigint {
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (i < 4) low += bits * 2 ** (7 * i);
      else if (i < 8) middle += bits * 2 ** (7 * (i - 4));
      else high += bits * 2 ** (7 * (i - 8));
      if (byte < 0x80) {
        if (i < 4) return BigInt(low);
        if (i < 7) return BigInt(middle * 2 ** 28 + low);
        return BigInt.asUintN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low));
      }
    }
    throw this.malformed('a number has more than ten bytes');
  }

  /** The length of what follows, which must end before `end`. */
  length(end: number): number {
    const length = this.#lengthPrefix();
    if (length > end - this.position) throw this.overrun(end);
    return length;
  }

  float(): number {
    this.need(4);
    const value = this.#view.getFloat32(this.position - this.#windowStart, true);
    this.position += 4;
    return value;
  }

  double(): number {
    this.need(8);
    const value = this.#view.getFloat64(this.position - this.#windowStart, true);
    this.position += 8;
    return value;
  }

  byte(): number {
    if (this.position >= this.#windowStart + this.#window.byteLength || this.position < this.#windowStart) this.need(1);
    return this.#window[this.position++ - this.#windowStart]!;
  }

  /** A copy of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    if (length > largestWindow) {
      if (length > this.end - this.position) throw this.overrun(this.end);
      const target = new Uint8Array(length);
      this.source.readIntoSync(this.position, target);
      this.position += length;
      return target;
    }
    this.need(length);
    const at = this.position - this.#windowStart;
    this.position += length;
    return this.#window.slice(at, at + length);
  }

  /** The next `length` bytes as a range, in memory where they are at most `resident` bytes. */
  range(length: number, resident: number): ByteRange {
    const offset = this.position;
    if (length <= resident) return new ByteRange(this.source, offset, length, this.bytes(length));
    this.position += length;
    return new ByteRange(this.source, offset, length);
  }

  truncated(): Failure {
    return new Failure('onnx.truncated', { file: this.source.name, what: this.what, offset: this.end });
  }

  malformed(detail: string): Failure {
    return new Failure('onnx.malformed', {
      file: this.source.name,
      what: this.what,
      offset: this.position,
      detail,
    });
  }

  /** Something claims to end after `end`: the file is cut off, or a length is wrong. */
  overrun(end: number): Failure {
    return end >= this.end ? this.truncated() : this.malformed('a length is longer than what holds it');
  }

  /** Beyond 2^53 it need not be exact: no file is so long. */
  #lengthPrefix(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    this.position--;
    return Number(this.varint64());
  }

  /** Brings the next `length` bytes into the window. */
  private need(length: number): void {
    const windowEnd = this.#windowStart + this.#window.byteLength;
    if (this.position >= this.#windowStart && this.position + length <= windowEnd) return;
    if (this.position + length > this.end) throw this.truncated();
    const goesOn = this.position >= this.#windowStart && this.position <= windowEnd;
    this.#windowSize = goesOn ? Math.min(this.#windowSize * 2, largestWindow) : smallestWindow;
    const size = Math.min(Math.max(this.#windowSize, length), this.end - this.position);
    this.#window = new Uint8Array(size);
    this.source.readIntoSync(this.position, this.#window);
    this.#view = new DataView(this.#window.buffer);
    this.#windowStart = this.position;
  }
}
