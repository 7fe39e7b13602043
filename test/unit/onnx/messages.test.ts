import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { MemorySource } from '../../../src/onnx/byteSource.js';
import { decodeMessage } from '../../../src/onnx/decodeMessage.js';
import { encodeMessage } from '../../../src/onnx/encodeMessage.js';
import { encodeModel } from '../../../src/onnx/encodeModel.js';
import type { GraphProto, Message, ModelProto } from '../../../src/onnx/protos.js';
import { unknownFields } from '../../../src/onnx/protos.js';
import { readModel } from '../../../src/onnx/readModel.js';
import type { FieldPlan, MessagePlan } from '../../../src/onnx/schema.js';
import { messagePlan } from '../../../src/onnx/schema.js';
import { decodeText, encodeText } from '../../../src/onnx/text.js';
import { WireReader } from '../../../src/onnx/wireReader.js';

const root = protobuf.parse(readFileSync(new URL('../../../src/onnx/onnx.proto', import.meta.url), 'utf8'), {
  keepCase: false,
}).root;

const decode = (bytes: Uint8Array, plan: MessagePlan) =>
  decodeMessage(new WireReader(new MemorySource('test', bytes)), plan);

async function encode(plan: MessagePlan, message: Message): Promise<Buffer> {
  const { pieces, byteLength } = encodeMessage(plan, message);
  const parts = pieces.map((piece) => (piece instanceof Uint8Array ? piece : piece.read(0, piece.byteLength)));
  const bytes = Buffer.concat(await Promise.all(parts));
  expect(bytes.byteLength).toBe(byteLength);
  return bytes;
}

/** Random messages as both encoders take them. Payload fields are left to the tests of tensors. */
function messages(plan: MessagePlan, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = plan.fields.filter((field) => !field.payload && (depth > 0 || !field.message));
  const entries = fields.map((field) => [
    field.name,
    field.repeated ? fc.array(valueOf(field, depth), { maxLength: 3, minLength: 1 }) : valueOf(field, depth),
  ]);
  return fc
    .record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] })
    .map((message) => {
      for (const field of plan.fields)
        if (field.name in message) for (const other of field.excludes) delete message[other];
      return message;
    });
}

function valueOf(field: FieldPlan, depth: number): fc.Arbitrary<unknown> {
  if (field.message) return messages(field.message, depth - 1);
  switch (field.scalar!) {
    case 'int32':
      // protobufjs takes no enum value that the schema does not name.
      if (field.name === 'dataLocation' || field.name === 'type') return fc.nat(1);
      return fc.integer({
        min: -(2 ** 31),
        max: 2 ** 31 - 1,
      });
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'uint64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'float':
      return fc.float({ noNaN: true });
    case 'double':
      return fc.double({ noNaN: true });
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 300 });
    case 'bytes':
      return fc.uint8Array({ maxLength: 300 });
  }
}

/** protobufjs takes 64-bit integers as strings. */
function forProtobufjs(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(forProtobufjs);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, forProtobufjs(inner)]));
  }
  return value;
}

describe.each(['ModelProto', 'NodeProto', 'TensorProto', 'TypeProto', 'AttributeProto'])('%s', (name) => {
  const plan = messagePlan(name);
  const type = root.lookupType(`onnx.${name}`);

  test('is written as protobufjs writes it, and read back', async () => {
    const property = fc.asyncProperty(messages(plan, 3), async (message) => {
      const encoded = await encode(plan, message);
      const oracle = type.encode(type.fromObject(forProtobufjs(message) as Record<string, unknown>)).finish();
      expect(encoded.equals(oracle)).toBe(true);
      expect(decode(encoded, plan)).toEqual(message);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

test('long content moves its length prefix', async () => {
  const plan = messagePlan('GraphProto');
  for (const length of [0, 127, 128, 16_383, 16_384, 2_097_152]) {
    const message: GraphProto = { node: [{ name: 'n'.repeat(length) }], name: 'after' };
    expect(decode(await encode(plan, message), plan)).toEqual(message);
  }
});

test('unknown fields of every wire type are carried, behind the known ones', async () => {
  const writer = protobuf.Writer.create();
  writer.uint32(900 * 8).int32(-1);
  writer.uint32(901 * 8 + 1).double(1.5);
  writer.uint32(902 * 8 + 2).string('unknown');
  writer
    .uint32(903 * 8 + 3)
    .uint32(8)
    .int32(1)
    .uint32(903 * 8 + 4);
  writer.uint32(904 * 8 + 5).float(2.5);
  const unknown = writer.finish();
  const known = protobuf.Writer.create().uint32(18).string('producer').finish();
  const plan = messagePlan('ModelProto');
  const message = decode(Buffer.concat([unknown, known]), plan) as ModelProto;
  expect(message.producerName).toBe('producer');
  expect(message[unknownFields]?.length).toBe(5);
  expect(await encode(plan, message)).toEqual(Buffer.concat([known, unknown]));
});

test('a known field with another wire type is carried as unknown', async () => {
  const bytes = protobuf.Writer.create()
    .uint32(2 * 8)
    .int32(7)
    .finish();
  const plan = messagePlan('ModelProto');
  const message = decode(bytes, plan) as ModelProto;
  expect(message.producerName).toBeUndefined();
  expect(await encode(plan, message)).toEqual(Buffer.from(bytes));
});

test('of a field that stands twice the last counts, and messages are merged, as protobuf says', () => {
  const part = (name: string, node: string) =>
    protobuf.Writer.create()
      .uint32(0x3a)
      .fork()
      .uint32(0x12)
      .string(name)
      .uint32(0x0a)
      .fork()
      .uint32(0x22)
      .string(node)
      .ldelim()
      .ldelim()
      .finish();
  const message = decode(
    Buffer.concat([part('first', 'Relu'), part('second', 'Neg')]),
    messagePlan('ModelProto'),
  ) as ModelProto;
  expect(message.graph?.name).toBe('second');
  expect(message.graph?.node).toEqual([{ opType: 'Relu' }, { opType: 'Neg' }]);
});

test('text that is not UTF-8 comes back as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...encodeText(decodeText(bytes))]).toEqual([...bytes]);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeText(encodeText(text))).toBe(text);
    }),
  );
  expect(decodeText(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\udcffb');
});

test('what a map cannot hold is not lost: names that stand twice, entries without key, absent fields', async () => {
  const text = (field: number, value: string) => (writer: protobuf.Writer) =>
    writer.uint32(field * 8 + 2).string(value);
  const message =
    (field: number, ...parts: ((writer: protobuf.Writer) => protobuf.Writer)[]) =>
    (writer: protobuf.Writer) => {
      writer.uint32(field * 8 + 2).fork();
      for (const part of parts) part(writer);
      return writer.ldelim();
    };
  const number = (field: number, value: number) => (writer: protobuf.Writer) => writer.uint32(field * 8).int64(value);
  const weight = (name: string) => message(5, number(1, 1), number(2, 2), text(8, name), text(9, 'x'));
  const info = message(13, text(1, 'twice'));
  const attribute = (value: number) => message(5, text(1, 'same'), number(3, value), number(20, 2));
  const writer = protobuf.Writer.create();
  message(
    7,
    message(1, text(4, 'Op'), attribute(1), attribute(2), message(5, number(20, 2))),
    message(1),
    weight('w'),
    weight('w'),
    weight(''),
    info,
    info,
  )(writer);
  message(8, number(2, 13))(writer);
  message(8, text(1, 'ai.onnx'), number(2, 14))(writer);
  message(14, text(1, 'k'), text(2, '1'))(writer);
  message(14, text(1, 'k'), text(2, '2'))(writer);
  message(14, text(2, 'no key'))(writer);
  const bytes = writer.finish();
  const model = readModel(bytes);
  expect(model.opsets.get('')).toBe(14);
  expect(model.metadata.get('k')).toBe('2');
  expect(Buffer.from(await encodeModel(model)).equals(bytes)).toBe(true);
  model.metadata.set('k', '3');
  model.opsets.set('', 21);
  const edited = readModel(await encodeModel(model));
  expect(edited.metadata.get('k')).toBe('3');
  expect([...edited.opsets]).toEqual([['', 21]]);
});
