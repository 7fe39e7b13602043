import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StateFolder } from '../../../src/engine/stateFolder.js';
import { deadPid } from './deadProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

it('gives back what was written, also to a later engine, numbers that JSON does not know included', async () => {
  const folder = await temporaryFolder();
  const value = { page: 'layers', clip: [-Infinity, NaN], nested: { selection: 3 } };
  await new StateFolder(folder).write('pages', 'a/../../b', value);
  expect(await new StateFolder(folder).read('pages', 'a/../../b')).toEqual(value);
  expect(await readdir(folder)).toEqual(['pages']);
});

it('knows nothing of what was never written, and nothing of a file that is damaged', async () => {
  const folder = await temporaryFolder();
  const state = new StateFolder(folder);
  expect(await state.read('pages', 'x')).toBeNull();
  await mkdir(join(folder, 'pages'));
  await writeFile(join(folder, 'pages', 'x.json'), '{"page": "lay');
  expect(await state.read('pages', 'x')).toBeNull();
});

it('keeps the last of many writes at once, and reads see the last that was asked for', async () => {
  const state = new StateFolder(await temporaryFolder());
  const writes = Array.from({ length: 50 }, (_, i) => state.write('pages', 'x', i));
  expect(await state.read('pages', 'x')).toBe(49);
  await Promise.all(writes);
  const removed = state.remove('pages', 'x');
  expect(await state.read('pages', 'x')).toBeNull();
  await removed;
});

it('tidies half-written files of dead processes and what is past the number that is kept', async () => {
  const folder = await temporaryFolder();
  const pages = join(folder, 'pages');
  await mkdir(pages);
  await writeFile(join(pages, `x.json.${await deadPid()}-1.tmp`), 'half');
  await writeFile(join(pages, `y.json.${process.ppid}-1.tmp`), 'being written');
  await Promise.all(Array.from({ length: 505 }, (_, i) => writeFile(join(pages, `${i}.json`), 'null')));
  await new StateFolder(folder).tidy();
  const left = await readdir(pages);
  expect(left.filter((name) => name.endsWith('.json'))).toHaveLength(500);
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([`y.json.${process.ppid}-1.tmp`]);
});
