import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { lacksPreprocessing } from '../../../src/data/lacksPreprocessing.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { samplePath } from '../models.js';
import { imagePath } from './images/imageFixtures.js';

function folderWith(files: readonly string[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(imagePath('color.png'), join(folder, file));
  }
  return folder;
}

it.each<[string, readonly string[], boolean]>([
  ['images', ['a.png'], true],
  ['images of classes', ['cat/b.JPG', 'dog/c.jpeg'], true],
  ['no image', ['a.txt', 'b/c.txt'], false],
  ['hidden images alone', ['.a.png'], false],
  ['images that bring a preprocessing along', ['a.png', 'preprocessing.json'], false],
  ['test data', ['test_data_set_0/a.png'], false],
])('a folder with %s', async (_, files, expected) => {
  expect(await lacksPreprocessing(folderWith(files))).toBe(expected);
});

it.each<[string, unknown, boolean]>([
  ['a folder of images', { inputs: { x: 'photos' } }, true],
  ['images', { inputs: { x: { images: 'photos/*.png' }, y: 'y.npy' } }, true],
  ['images and their preprocessing', { inputs: { x: { images: 'photos', preprocessing: '0-1' } } }, false],
  ['images and one preprocessing for all', { inputs: { x: 'photos' }, preprocessing: 'imagenet' }, false],
  ['arrays', { inputs: { x: 'x.npy', y: { value: 3 } } }, false],
  ['samples with images', { samples: [{ x: 'a.png', label: 1 }] }, true],
  ['samples without', { samples: [{ x: 'a.npy' }] }, false],
])('a manifest of %s', async (_, manifest, expected) => {
  const file = join(temporaryFolder(), 'manifest.json');
  writeFileSync(file, JSON.stringify(manifest));
  expect(await lacksPreprocessing(file)).toBe(expected);
});

it('other data, or none', async () => {
  for (const source of [samplePath('digits-test.npz'), 'random', join(temporaryFolder(), 'nowhere')]) {
    expect(await lacksPreprocessing(source)).toBe(false);
  }
});
