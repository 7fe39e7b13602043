import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../rig/folders.js';

const cli = join(root, 'dist', 'cli.js');

async function tare(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...words]);
  return stdout;
}

it('prints the accuracy that evaluate measures on all 2,000 test digits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tare-demo-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const printed = await tare('demo', folder);
  const output = join(folder, 'lenet-5.int8.onnx');
  expect(printed).toContain(`Wrote ${output}`);
  const data = join(root, 'media', 'sample', 'digits-test.npz');
  const words = ['evaluate', output, '--against', join(folder, 'lenet-5.onnx'), '--data', data, '--json'];
  const { model, against } = JSON.parse(await tare(...words));
  expect(model.samples).toBe(2000);
  const [before, after] = [against, model].map(({ accuracy }) => `${(accuracy * 100).toFixed(2)} %`);
  expect(printed).toMatch(new RegExp(`accuracy of 2,000 samples +${before} +${after} `));
});
