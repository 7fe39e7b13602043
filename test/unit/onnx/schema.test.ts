import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import prettier from 'prettier';
import { expect, test } from 'vitest';

const proto = new URL('../../../src/onnx/onnx.proto', import.meta.url);
const compiled = fileURLToPath(new URL('../../../src/onnx/onnx.schema.json', import.meta.url));

test('onnx.schema.json is onnx.proto as protobufjs parses it (vitest -u writes it)', async () => {
  const { root } = protobuf.parse(await readFile(proto, 'utf8'), { keepCase: false });
  const options = { ...(await prettier.resolveConfig(compiled)), parser: 'json' };
  await expect(await prettier.format(JSON.stringify(root.resolveAll().toJSON()), options)).toMatchFileSnapshot(
    compiled,
  );
});
