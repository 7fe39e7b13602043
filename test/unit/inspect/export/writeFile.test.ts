import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFile } from '../../../../src/inspect/export/writeFile.js';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.js';

describe('writeFile', () => {
  it('writes text and bytes in their order, and tells how many', async () => {
    const path = join(temporaryFolder(), 'out.bin');
    const long = 'ä'.repeat(300_000);
    const bytes = await writeFile(path, ['a', Uint8Array.of(0, 255), 'b', long], { inputs: [] });
    const expected = Buffer.concat([Buffer.from('a'), Buffer.from([0, 255]), Buffer.from(`b${long}`)]);
    expect(readFileSync(path).equals(expected)).toBe(true);
    expect(bytes).toBe(expected.length);
  });

  it('leaves what was there, and nothing else, where it fails or is stopped', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'out.txt');
    writeFileSync(path, 'before');
    async function* failing() {
      yield 'half';
      throw new Error('no more');
    }
    await expect(writeFile(path, failing(), { inputs: [] })).rejects.toThrow('no more');
    const stop = new AbortController();
    async function* stopped() {
      yield Uint8Array.of(1);
      stop.abort(new Error('stopped'));
      yield Uint8Array.of(2);
    }
    await expect(writeFile(path, stopped(), { inputs: [], signal: stop.signal })).rejects.toThrow('stopped');
    expect(readdirSync(folder)).toEqual(['out.txt']);
    expect(readFileSync(path, 'utf8')).toBe('before');
  });

  it('is never written over an input, not even through a link', async () => {
    const folder = temporaryFolder();
    const input = join(folder, 'model.onnx');
    const link = join(folder, 'link.html');
    writeFileSync(input, 'model');
    symlinkSync(input, link);
    for (const path of [input, link]) {
      await expect(writeFile(path, ['x'], { inputs: [input] })).rejects.toMatchObject({ code: 'onnx.output-is-input' });
    }
    expect(readFileSync(input, 'utf8')).toBe('model');
  });

  it('names a folder that is not there', async () => {
    const path = join(temporaryFolder(), 'none', 'out.csv');
    await expect(writeFile(path, ['x'], { inputs: [] })).rejects.toMatchObject({ code: 'onnx.no-folder' });
  });
});
