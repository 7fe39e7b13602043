import type { ByteRange } from './byteSource.js';
import type { PayloadRun } from './payload.js';
import type { Message } from './protos.js';
import { unknownFields } from './protos.js';
import type { FieldPlan, MessagePlan, WireForm } from './schema.js';
import { decodeText } from './text.js';
import type { WireReader } from './wireReader.js';

/** Payloads up to this many bytes are kept in memory … */
const residentPayload = 4 << 10;
/** … as long as all of them together are not more than this. */
const residentTotal = 64 << 20;
/** Longer byte strings (an execution provider's compiled blob in an attribute) are left in the file. */
const longestBytes = 1 << 20;
const longestText = 128 << 20;
/** What a failure says of a name. */
const longestName = 100;
/** As deep as protobuf's own readers go. */
const deepest = 100;
/** Far more than any real model has; a bound on the memory that a damaged or hostile file can take. */
const mostMessages = 2_000_000;
const mostScalars = 40_000_000;

const wireTypes: Readonly<Record<number, WireForm>> = { 0: 'varint', 1: 'fixed64', 2: 'length', 5: 'fixed32' };
const startGroup = 3;
const endGroup = 4;

type Fields = Record<string, unknown> & Message;

/**
 * Decodes the message that fills the reader's source, by its plan. The elements of tensors are skipped over and stay in
 * the file.
 */
export function decodeMessage(reader: WireReader, plan: MessagePlan): Message {
  return new Decoder(reader).message(plan, reader.end, 0);
}

class Decoder {
  #messages = 0;
  #scalars = 0;
  #resident = 0;

  constructor(private readonly reader: WireReader) {}

  message(plan: MessagePlan, end: number, depth: number): Message {
    const { reader } = this;
    if (depth > deepest) throw reader.malformed(`messages are nested more than ${deepest} deep`);
    if (++this.#messages > mostMessages) throw reader.malformed(`there are more than ${mostMessages} messages`);
    const outer = reader.what;
    const message: Fields = {};
    reader.what = plan.name;
    while (reader.position < end) {
      const start = reader.position;
      const tag = reader.varint32();
      const wireType = tag & 7;
      const field = plan.byNumber.get(tag >>> 3);
      if (field && accepts(field, wireTypes[wireType])) this.#field(message, field, wireType === 2, start, end, depth);
      else this.#unknown(message, tag, start, end);
      if (reader.position > end) throw reader.overrun(end);
      if (field?.name === 'name' || field?.name === 'opType') this.#nowReading(plan, message[field.name]);
    }
    reader.what = outer;
    return message;
  }

  /** Names in the failures what has a name. */
  #nowReading(plan: MessagePlan, name: unknown): void {
    if (typeof name === 'string' && name !== '') this.reader.what = `${plan.name} ${name.slice(0, longestName)}`;
  }

  #field(message: Fields, field: FieldPlan, byLength: boolean, start: number, end: number, depth: number): void {
    for (const other of field.excludes) delete message[other];
    if (field.message) this.#messageField(message, field, field.message, end, depth);
    else if (field.payload) this.#payloadField(message, field, byLength, start, end);
    else if (!field.repeated) message[field.name] = this.#scalar(field, end);
    else {
      const values = (message[field.name] ??= []) as unknown[];
      if (!byLength || field.wire === 'length') values.push(this.#scalar(field, end));
      else this.#packed(values, field, end);
    }
  }

  #messageField(message: Fields, field: FieldPlan, plan: MessagePlan, end: number, depth: number): void {
    const { reader } = this;
    const length = reader.length(end);
    const inner = this.message(plan, reader.position + length, depth + 1);
    if (field.repeated) ((message[field.name] ??= []) as Message[]).push(inner);
    else message[field.name] = message[field.name] ? merge(message[field.name] as Message, inner) : inner;
  }

  #packed(values: unknown[], field: FieldPlan, end: number): void {
    const { reader } = this;
    const last = reader.length(end) + reader.position;
    while (reader.position < last) values.push(this.#scalar(field, last));
    if (reader.position > last) throw reader.malformed('a packed list ends in the middle of a number');
  }

  #scalar(field: FieldPlan, end: number): unknown {
    const { reader } = this;
    if (++this.#scalars > mostScalars) throw reader.malformed(`there are more than ${mostScalars} values`);
    switch (field.scalar!) {
      case 'int32':
        return reader.varint32() | 0;
      case 'int64':
        return BigInt.asIntN(64, reader.varint64());
      case 'uint64':
        return reader.varint64();
      case 'float':
        return reader.float();
      case 'double':
        return reader.double();
      case 'string': {
        const length = reader.length(end);
        if (length > longestText) throw reader.malformed(`a text of ${length} bytes is too long`);
        return decodeText(reader.bytes(length));
      }
      case 'bytes': {
        const length = reader.length(end);
        return !field.repeated && length > longestBytes ? reader.range(length, 0) : reader.bytes(length);
      }
    }
  }

  #payloadField(message: Fields, field: FieldPlan, byLength: boolean, start: number, end: number): void {
    if (++this.#messages > mostMessages) throw this.reader.malformed('a list is in too many pieces');
    const { runs } = (message[field.name] ??= { runs: [] }) as { runs: PayloadRun[] };
    if (!byLength) runs.push(this.#unpackedRun(field, start, end));
    else {
      if (!field.repeated) runs.length = 0;
      runs.push({ packed: true, range: this.#range(this.reader.length(end)) });
    }
  }

  /** Takes all values that follow under the same tag. */
  #unpackedRun(field: FieldPlan, start: number, end: number): PayloadRun {
    const { reader } = this;
    this.#skip(field.wire, end);
    for (let next = reader.position; next < end; next = reader.position) {
      if (
        reader.varint32() !==
        (field.number << 3) + (field.wire === 'varint' ? 0 : field.wire === 'fixed32' ? 5 : 1)
      ) {
        reader.position = next;
        break;
      }
      this.#skip(field.wire, end);
    }
    if (reader.position > end) throw reader.overrun(end);
    const last = reader.position;
    reader.position = start;
    return { packed: false, range: this.#range(last - start) };
  }

  #range(length: number): ByteRange {
    const keep = length <= residentPayload && this.#resident + length <= residentTotal;
    if (keep) this.#resident += length;
    return this.reader.range(length, keep ? residentPayload : -1);
  }

  #unknown(message: Fields, tag: number, start: number, end: number): void {
    const { reader } = this;
    this.#skipValue(tag, end, 0);
    if (reader.position > end) throw reader.overrun(end);
    if (++this.#messages > mostMessages) throw reader.malformed(`there are more than ${mostMessages} messages`);
    const length = reader.position - start;
    reader.position = start;
    (message[unknownFields] ??= []).push(this.#range(length));
  }

  #skipValue(tag: number, end: number, depth: number): void {
    const { reader } = this;
    const wire = wireTypes[tag & 7];
    if (tag >>> 3 === 0) throw reader.malformed('a field has the number 0');
    if (wire) this.#skip(wire, end);
    else if ((tag & 7) === startGroup && depth < deepest) this.#skipGroup(tag, end, depth);
    else throw reader.malformed('a field has no valid type');
  }

  #skipGroup(tag: number, end: number, depth: number): void {
    const { reader } = this;
    while (reader.position < end) {
      const inner = reader.varint32();
      if (inner === tag - startGroup + endGroup) return;
      this.#skipValue(inner, end, depth + 1);
    }
    throw reader.overrun(end);
  }

  #skip(wire: WireForm, end: number): void {
    const { reader } = this;
    if (wire === 'varint') reader.varint64();
    else if (wire === 'length') {
      const length = reader.length(end);
      reader.position += length;
    } else {
      reader.position += wire === 'fixed32' ? 4 : 8;
      if (reader.position > end) throw reader.overrun(end);
    }
  }
}

/** Repeated numbers may be packed or not, whatever the schema says. */
function accepts(field: FieldPlan, wire: WireForm | undefined): boolean {
  return wire === field.wire || (wire === 'length' && field.repeated && field.scalar !== undefined);
}

/** A message that stands twice in a singular field is merged: lists are joined, later values win. */
function merge(first: Message, second: Message): Message {
  const merged: Fields = { ...first };
  for (const key of Reflect.ownKeys(second) as string[]) {
    const [a, b] = [merged[key], (second as Fields)[key]];
    if (Array.isArray(a) && Array.isArray(b)) merged[key] = [...(a as unknown[]), ...(b as unknown[])];
    else merged[key] = isMessage(a) && isMessage(b) ? merge(a, b) : b;
  }
  return merged;
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
