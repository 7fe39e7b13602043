import { readFile } from 'node:fs/promises';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import expected from './descriptors.json';

const proto = new URL('../../../src/onnx/onnx.proto', import.meta.url);

test(`onnx.proto has every message, field and enum of onnx ${expected.onnx}`, async () => {
  const { root } = protobuf.parse(await readFile(proto, 'utf8'), { keepCase: true });
  root.resolveAll();
  const messages: Record<string, unknown> = {};
  const enums: Record<string, unknown> = {};
  const visit = (space: protobuf.NamespaceBase) => {
    for (const nested of space.nestedArray) {
      const name = nested.fullName.slice(1);
      if (nested instanceof protobuf.Enum) enums[name] = { ...nested.values };
      if (nested instanceof protobuf.Type) messages[name] = Object.fromEntries(nested.fieldsArray.map(describeField));
      if (nested instanceof protobuf.Namespace) visit(nested);
    }
  };
  visit(root.lookup('onnx') as protobuf.Namespace);
  expect(messages).toEqual(expected.messages);
  expect(enums).toEqual(expected.enums);
});

function describeField(field: protobuf.Field): [string, unknown] {
  return [
    field.name,
    {
      number: field.id,
      type: field.resolvedType?.fullName.slice(1) ?? field.type,
      repeated: field.repeated,
      packed: field.packed,
      oneof: field.partOf?.name ?? null,
    },
  ];
}
