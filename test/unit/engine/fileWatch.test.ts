import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stampOf, watchFiles } from '../../../src/engine/fileWatch.js';
import { temporaryFolder } from './temporaryFolder.js';

async function watched() {
  const folder = await temporaryFolder();
  const path = join(folder, 'model.onnx');
  await writeFile(path, 'first');
  const stamp = (await stampOf(path))!;
  let count = 0;
  const changed = new Promise<void>((resolve) => {
    const watch = watchFiles([{ path, stamp }], () => {
      count++;
      resolve();
    });
    onTestFinished(() => watch.close());
  });
  return { folder, path, changed, count: () => count };
}

it('tells of a file that is written to', async () => {
  const { path, changed } = await watched();
  await appendFile(path, ' and more');
  await changed;
});

it('tells of a file that is replaced, as editors and Tare itself write', async () => {
  const { folder, path, changed } = await watched();
  await writeFile(join(folder, 'next'), 'other');
  await rename(join(folder, 'next'), path);
  await changed;
});

it('tells of a file that is removed', async () => {
  const { path, changed } = await watched();
  await rm(path);
  await changed;
});

it('tells once, when the writer has come to rest', async () => {
  const { path, changed, count } = await watched();
  for (let i = 0; i < 20; i++) await appendFile(path, String(i));
  await changed;
  expect(await readFile(path, 'utf8')).toMatch(/19$/);
  expect(count()).toBe(1);
});

it('tells of a change that came before it began to watch', async () => {
  const path = join(await temporaryFolder(), 'model.onnx');
  await writeFile(path, 'first');
  const stamp = (await stampOf(path))!;
  await writeFile(path, 'second time');
  await new Promise<void>((resolve) => {
    const watch = watchFiles([{ path, stamp }], resolve);
    onTestFinished(() => watch.close());
  });
});
