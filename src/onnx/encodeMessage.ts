import { ByteRange } from './byteSource.js';
import type { FreshPayload, LazyBytes, Payload } from './payload.js';
import type { Message } from './protos.js';
import { unknownFields } from './protos.js';
import type { FieldPlan, MessagePlan, ScalarType, WireForm } from './schema.js';
import { encodeText } from './text.js';

/** Shorter bytes are copied into the encoding; longer ones are only referred to. */
const longestCopy = 4 << 10;

/** A message's encoding: bytes in memory, and between them bytes that are read when they are written. */
export interface Encoding {
  readonly byteLength: number;
  readonly pieces: readonly (Uint8Array | LazyBytes)[];
}

/**
 * Encodes a message by its plan, as protobuf's own writers do: fields by ascending number, then those that the schema does
 * not know. Payloads that came from a file are written in the form they had there.
 */
export function encodeMessage(plan: MessagePlan, message: Message): Encoding {
  const encoder = new Encoder();
  encoder.message(plan, message);
  return encoder.finish();
}

interface Gap {
  at: number;
  readonly lazy: LazyBytes;
}

const wireTypes: Readonly<Record<WireForm, number>> = { varint: 0, fixed64: 1, length: 2, fixed32: 5 };

class Encoder {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;
  #gaps: Gap[] = [];
  #gapBytes = 0;

  finish(): Encoding {
    const pieces: (Uint8Array | LazyBytes)[] = [];
    let from = 0;
    for (const { at, lazy } of this.#gaps) {
      if (at > from) pieces.push(this.#bytes.subarray(from, at));
      pieces.push(lazy);
      from = at;
    }
    if (this.#size > from) pieces.push(this.#bytes.subarray(from, this.#size));
    return { byteLength: this.#size + this.#gapBytes, pieces };
  }

  message(plan: MessagePlan, message: Message): void {
    for (const field of plan.fields) {
      const value = (message as Record<string, unknown>)[field.name];
      if (value !== undefined) this.#field(field, value);
    }
    for (const range of message[unknownFields] ?? []) this.#lazy(range);
  }

  #field(field: FieldPlan, value: unknown): void {
    if (field.payload) this.#payload(field, value as Payload | FreshPayload);
    else if (!field.repeated) this.#value(field, value);
    else if (field.packed) this.#packed(field, value as unknown[]);
    else for (const element of value as unknown[]) this.#value(field, element);
  }

  #value(field: FieldPlan, value: unknown): void {
    this.#tag(field.number, field.wire);
    if (field.message) this.#delimited(() => this.message(field.message!, value as Message));
    else this.#scalar(field.scalar!, value);
  }

  #packed(field: FieldPlan, values: readonly unknown[]): void {
    if (values.length === 0) return;
    this.#tag(field.number, 'length');
    this.#delimited(() => values.forEach((value) => this.#scalar(field.scalar!, value)));
  }

  #payload(field: FieldPlan, payload: Payload | FreshPayload): void {
    const runs = 'fresh' in payload ? [{ packed: true, range: payload.fresh }] : payload.runs;
    for (const { packed, range } of runs) {
      if (packed) {
        this.#tag(field.number, 'length');
        this.#varint(range.byteLength);
      }
      this.#lazy(range);
    }
  }

  #scalar(type: ScalarType, value: unknown): void {
    switch (type) {
      case 'int32':
        if ((value as number) >= 0) this.#varint(value as number);
        else this.#varint64(BigInt(value as number));
        break;
      case 'int64':
      case 'uint64':
        this.#varint64(value as bigint);
        break;
      case 'float':
        this.#reserve(4);
        this.#view.setFloat32(this.#size, value as number, true);
        this.#size += 4;
        break;
      case 'double':
        this.#reserve(8);
        this.#view.setFloat64(this.#size, value as number, true);
        this.#size += 8;
        break;
      case 'string':
        this.#chunk(encodeText(value as string));
        break;
      case 'bytes':
        this.#chunk(value as Uint8Array | ByteRange);
        break;
    }
  }

  #chunk(bytes: Uint8Array | ByteRange): void {
    this.#varint(bytes.byteLength);
    if (bytes instanceof ByteRange) this.#lazy(bytes);
    else this.#copy(bytes);
  }

  #lazy(lazy: LazyBytes): void {
    if (lazy.byteLength === 0) return;
    if (lazy.resident && lazy.byteLength <= longestCopy) this.#copy(lazy.resident);
    else {
      this.#gaps.push({ at: this.#size, lazy });
      this.#gapBytes += lazy.byteLength;
    }
  }

  /** Writes what `content` writes, after its length. One byte is kept for the length; a longer one moves the content. */
  #delimited(content: () => void): void {
    this.#reserve(1);
    const start = ++this.#size;
    const gaps = this.#gaps.length;
    const gapBytes = this.#gapBytes;
    content();
    const contentEnd = this.#size;
    const length = contentEnd - start + this.#gapBytes - gapBytes;
    const shift = varintSize(length) - 1;
    if (shift > 0) {
      this.#reserve(shift);
      this.#bytes.copyWithin(start + shift, start, contentEnd);
      for (let i = gaps; i < this.#gaps.length; i++) this.#gaps[i]!.at += shift;
    }
    this.#putVarint(start - 1, length);
    this.#size = contentEnd + shift;
  }

  #tag(number: number, wire: WireForm): void {
    this.#varint(number * 8 + wireTypes[wire]);
  }

  /** An integer from 0 to 2^53. */
  #varint(value: number): void {
    this.#reserve(8);
    this.#size = this.#putVarint(this.#size, value);
  }

  /** Writes in place, where there is room. Returns where it ends. */
  #putVarint(at: number, value: number): number {
    while (value >= 0x80) {
      this.#bytes[at++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    this.#bytes[at++] = value;
    return at;
  }

  #varint64(value: bigint): void {
    if (value >= 0n && value <= 0xffff_ffffn) {
      this.#varint(Number(value));
      return;
    }
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#bytes[this.#size++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#size++] = Number(rest);
  }

  #copy(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.byteLength;
  }

  #reserve(length: number): void {
    if (this.#size + length <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(this.#bytes.byteLength * 2, this.#size + length));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (; value >= 0x80; value /= 0x80) size++;
  return size;
}
