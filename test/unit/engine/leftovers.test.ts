import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OutputFolders } from '../../../src/engine/leftovers.js';
import { StateFolder } from '../../../src/engine/stateFolder.js';
import { deadPid } from './deadProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

it('cleans, at the next start, the folders that a dead engine was writing to', async () => {
  const state = new StateFolder(await temporaryFolder());
  const folder = await temporaryFolder();
  const dead = await deadPid();
  const left = [`.out.onnx.tare-${dead}.tmp`, `.out.onnx.tare-${dead}.data.tmp`, 'out.onnx.01234567.data'];
  for (const name of left) await writeFile(join(folder, name), 'half a file');
  await state.write('outputs', `engine-${dead}`, [folder, '/folder/that/is/gone']);
  await new OutputFolders(state).clean();
  expect(await readdir(folder)).toEqual([]);
  expect(await state.keys('outputs')).toEqual([]);
});

it('has a folder on record exactly while jobs write to it', async () => {
  const state = new StateFolder(await temporaryFolder());
  const folder = await temporaryFolder();
  const folders = new OutputFolders(state);
  const onRecord = () => state.read('outputs', `engine-${process.pid}`);
  await folders.during(join(folder, 'a.onnx'), async () => {
    await folders
      .during(join(folder, 'b.onnx'), async () => {
        expect(await onRecord()).toEqual([folder]);
        throw new Error('failed');
      })
      .catch(() => undefined);
    expect(await onRecord()).toEqual([folder]);
  });
  expect(await onRecord()).toBeNull();
});
