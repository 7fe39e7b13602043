import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { encodeModel } from '../../../src/onnx/encodeModel.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { readModel } from '../../../src/onnx/readModel.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import { realModels } from '../../fixtures/realModels.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';

describe.each(realModels)('$name', ({ path }) => {
  test('is the same to the byte after opening and encoding', async () => {
    const opened = await openModel(path);
    const encoded = await encodeModel(opened.model);
    await opened.close();
    expect(Buffer.from(encoded).equals(await readFile(path))).toBe(true);
  });

  test('is the same to the byte after reading from memory and encoding', async () => {
    const bytes = await readFile(path);
    const encoded = await encodeModel(readModel(bytes));
    expect(Buffer.from(encoded).equals(bytes)).toBe(true);
  });

  test('is the same to the byte after opening and writing', async () => {
    const opened = await openModel(path);
    const output = `${temporaryFolder()}/out.onnx`;
    await writeModel(opened.model, output);
    await opened.close();
    expect((await readFile(output)).equals(await readFile(path))).toBe(true);
  });
});
