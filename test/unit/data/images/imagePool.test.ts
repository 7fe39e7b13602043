import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ImagePool } from '../../../../src/data/images/imagePool.js';
import { readOnThisThread } from '../../../../src/data/images/imageReader.js';
import { openDataset } from '../../../../src/data/openDataset.js';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.js';
import { bundleFolder } from '../../bundles.js';
import { imageBytes, imagePath } from './imageFixtures.js';

const names = ['baseline-420.jpg', 'progressive-420.jpg', 'color.png', 'oriented-6.jpg', 'interlaced.png', 'cmyk.jpg'];
const input = { name: 'x', elementType: 'float32', shape: ['n', 3, 24, 32] } as const;

function poolOf(worker = join(bundleFolder, 'imageWorker.js')): ImagePool {
  const pool = new ImagePool(worker, 2);
  onTestFinished(() => pool.close());
  return pool;
}

function folderOfImages(): string {
  const folder = temporaryFolder();
  for (const name of names) copyFileSync(imagePath(name), join(folder, name));
  return folder;
}

it('gives what this thread gives, in the order that was asked for', async () => {
  const folder = folderOfImages();
  const preprocess = 'imagenet';
  const here = await openDataset(folder, [input], { preprocess, images: readOnThisThread });
  const there = await openDataset(folder, [input], { preprocess, images: poolOf() });
  const samples = [4, 0, 5, 2, 1, 3, 0];
  const once = await there.read(samples);
  expect(once).toEqual(await here.read(samples));
  expect(await there.read(samples)).toEqual(once);
});

it('names the image that is damaged, and reads the others', async () => {
  const folder = folderOfImages();
  writeFileSync(join(folder, 'a.jpg'), imageBytes('baseline-420.jpg').subarray(0, 700));
  const dataset = await openDataset(folder, [input], { images: poolOf() });
  await expect(dataset.read([0, 1, 2])).rejects.toMatchObject({
    code: 'data.image',
    params: { file: join(folder, 'a.jpg'), detail: expect.stringMatching(/^it(s|) \w/) as string },
  });
  expect((await dataset.read([1, 2])).feeds.x!.shape).toEqual([2, 3, 24, 32]);
});

it('says that a thread cannot start', async () => {
  const dataset = await openDataset(folderOfImages(), [input], { images: poolOf(join(temporaryFolder(), 'none.js')) });
  await expect(dataset.read([0])).rejects.toMatchObject({
    code: 'data.image',
    params: { detail: expect.stringMatching(/^the thread that reads it failed: \w/) as string },
  });
});
