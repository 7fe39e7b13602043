import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataInFolder, imageFolders } from '../../../src/extension/dataInFolder.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';

/** A folder with files by their paths; content where it matters. */
function folderOf(files: readonly (string | readonly [path: string, content: string])[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    const [name, content] = typeof file === 'string' ? [file, ''] : file;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function found(folder: string, itself = false): Promise<string[]> {
  return (await dataInFolder(folder, { itself })).map((path) => relative(folder, path).replaceAll('\\', '/')).sort();
}

const pictures = (folder: string, count = 4) => Array.from({ length: count }, (_, i) => `${folder}/${i}.jpg`);

describe('dataInFolder', () => {
  it('finds arrays, tables and manifests, and no other JSON', async () => {
    const folder = folderOf([
      'a.npz',
      'b.NPY',
      'c.csv',
      'd.tsv',
      'e.txt',
      ['manifest.json', '{ "inputs": { "x": "a.npy" } }'],
      ['samples.json', `{"samples":[${'{"x":"a.png"},'.repeat(9000)}{}]}`],
      ['package.json', '{ "name": "inputs" }'],
      ['broken.json', '{'],
    ]);
    expect(await found(folder)).toEqual(['a.npz', 'b.NPY', 'c.csv', 'd.tsv', 'manifest.json', 'samples.json']);
  });

  it('finds folders of images, of classes and of parts of the data', async () => {
    const folder = folderOf([
      ...pictures('photos'),
      ...['cat', 'dog', 'eel'].flatMap((name) => pictures(`animals/${name}`, 2)),
      ...['train', 'val'].flatMap((part) => ['cat', 'dog'].flatMap((name) => pictures(`data/${part}/${name}`))),
      ...pictures('flat/train'),
      ...pictures('flat/test'),
      ...pictures('loose'),
      ...pictures('loose/more'),
    ]);
    expect(await found(folder)).toEqual([
      'animals',
      'data/train',
      'data/val',
      'flat/test',
      'flat/train',
      'loose',
      'photos',
    ]);
  });

  it('offers neither the pictures of a text nor what is hidden or installed', async () => {
    const folder = folderOf([
      'screenshot.png',
      ...pictures('few', 3),
      ...pictures('.cache'),
      ...pictures('node_modules/package/images'),
      ...pictures('far/down/in/folders'),
    ]);
    expect(await found(folder)).toEqual([]);
  });

  it('offers the folder itself where it says so, or was named for data', async () => {
    expect(await found(folderOf(['test_data_set_0/input_0.pb']))).toEqual(['']);
    expect(await found(folderOf(['preprocessing.json', '0.jpg']))).toEqual(['']);
    expect(await found(folderOf(pictures('.')), true)).toEqual(['']);
    expect(await found(folderOf(['cat', 'dog'].flatMap((name) => pictures(name))), true)).toEqual(['']);
    expect(await found(folderOf(['cat', 'dog'].flatMap((name) => pictures(name))))).toEqual(['cat', 'dog']);
  });

  it('has nothing of a folder that is not there', async () => {
    expect(await dataInFolder(join(temporaryFolder(), 'nowhere'), { itself: true })).toEqual([]);
  });
});

describe('imageFolders', () => {
  it('counts the images of all classes together', () => {
    const counts = new Map([
      [join('w', 'set', 'a'), 2],
      [join('w', 'set', 'b'), 2],
      [join('w', 'other', 'a'), 1],
      [join('w', 'other', 'b'), 2],
      [join('w', 'lone', 'images'), 9],
    ]);
    expect(imageFolders(counts, 'w')).toEqual([join('w', 'lone', 'images'), join('w', 'set')]);
  });
});
