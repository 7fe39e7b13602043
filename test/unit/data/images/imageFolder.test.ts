import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageTensor, planImages } from '../../../../src/data/images/imagePlan.js';
import { preparedPixels } from '../../../../src/data/images/preparedPixels.js';
import type { ModelInput } from '../../../../src/data/modelInput.js';
import { openDataset } from '../../../../src/data/openDataset.js';
import { english } from '../../../../src/messages/catalog.js';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.js';
import { imageBytes, imagePath, readImage } from './imageFixtures.js';

const input: ModelInput = { name: 'x', elementType: 'float32', shape: ['n', 3, 8, 8] };
const free: ModelInput = { name: 'x', elementType: 'float32', shape: ['n', 3, 'h', 'w'] };
const classes = imagePath('classes');

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('a folder of images', () => {
  it('has the classes of its folders in alphabetical order, and tells what was guessed', async () => {
    const dataset = await openDataset(classes, [input]);
    expect(dataset).toMatchObject({ sampleCount: 6, stackable: true, inputs: [{ name: 'x', sampleShape: [3, 8, 8] }] });
    expect([...dataset.labels!]).toEqual([0, 0, 1, 1, 2, 2]);
    expect(dataset.warnings.map(english)).toEqual([
      expect.stringMatching(/No preprocessing was given.*RGB, 8 x 8 \(exact\), axes chw, values 0 to 1\./),
      'The folders are the classes: 0 day, 1 dusk, 2 night.',
    ]);
    const { feeds } = await dataset.read([0, 3, 4]);
    expect(feeds.x!.shape).toEqual([3, 3, 8, 8]);
    expect([0, 192, 384].map((at) => feeds.x!.data[at])).toEqual(
      [220, 121, 20].map((shade) => Math.fround(shade / 255)),
    );
  });

  it('has the order of classes.txt and the preprocessing beside the images', async () => {
    const folder = temporaryFolder();
    cpSync(classes, folder, { recursive: true });
    writeFileSync(join(folder, 'classes.txt'), 'night\r\ndusk\r\nday\r\nnever\r\n');
    writeFileSync(join(folder, 'preprocessing.json'), '{"scale": 1, "mean": 20}');
    const dataset = await openDataset(folder, [input]);
    expect([...dataset.labels!]).toEqual([2, 2, 1, 1, 0, 0]);
    expect((await dataset.read([0])).feeds.x!.data[0]).toBe(200);
    const named = await openDataset(folder, [input], { preprocess: '0-255' });
    expect((await named.read([0])).feeds.x!.data[0]).toBe(220);
    writeFileSync(join(folder, 'classes.txt'), 'night\nday\n');
    await expect(openDataset(folder, [input])).rejects.toMatchObject({
      code: 'data.images.class',
      message: /dusk.*none/,
    });
  });

  it('gives a model that takes any size images of their own, one at a time', async () => {
    const dataset = await openDataset(classes, [free]);
    expect(dataset).toMatchObject({ stackable: false, inputs: [{ sampleShape: undefined }] });
    const shapes = [0, 1].map(async (sample) => (await dataset.read([sample])).feeds.x!.shape);
    expect(await Promise.all(shapes)).toEqual([
      [1, 3, 6, 9],
      [1, 3, 7, 9],
    ]);
    await expect(dataset.read([0, 1])).rejects.toThrow(RangeError);
  });

  it('feeds what the parts of the preparation make, again when it is read again', async () => {
    const folder = temporaryFolder();
    copyFileSync(imagePath('oriented-6.jpg'), join(folder, 'photo.JPG'));
    writeFileSync(join(folder, '.hidden.png'), 'no image');
    writeFileSync(join(folder, 'photo.webp'), 'another kind');
    const dataset = await openDataset(folder, [input], { preprocess: 'imagenet' });
    expect(dataset.labels).toBeUndefined();
    expect(dataset.warnings.map(english).at(-1)).toMatch(/^1 images of .* are neither JPEG nor PNG/);
    const { plan } = planImages({ preset: 'imagenet' }, input);
    const wanted = await imageTensor([preparedPixels(await readImage('oriented-6.jpg'), plan)], plan);
    for (let i = 0; i < 2; i++) expect((await dataset.read([0])).feeds.x).toEqual(wanted);
  });

  it.each<[string, Record<string, string | Uint8Array>, string, RegExp]>([
    [
      'a damaged image',
      { 'a.png': imageBytes('color.png').subarray(0, 900) },
      'data.image',
      /a\.png cannot be used: it ends/,
    ],
    ['a text in the place of an image', { 'a.jpg': 'hello' }, 'data.image', /neither JPEG nor PNG/],
    ['no image', { 'a.txt': 'hello' }, 'data.unknown-kind', /no data set/],
    [
      'a wrong key',
      { 'a.png': '', 'preprocessing.json': '{"scael": 1}' },
      'data.json',
      /"scael"; did you mean "scale"/,
    ],
    ['a wrong value', { 'a.png': '', 'preprocessing.json': '{"mean": [1, 2]}' }, 'data.json', /mean: /],
    ['no JSON', { 'a.png': '', 'preprocessing.json': '{' }, 'data.json', /it is no JSON/],
  ])('says of %s in one sentence what is wrong', async (_, files, code, message) => {
    const reading = async () => (await openDataset(folderOf(files), [input])).read([0]);
    await expect(reading()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('is for a model of one input, and a preprocessing that exists', async () => {
    await expect(openDataset(classes, [input, { ...input, name: 'y' }])).rejects.toMatchObject({
      code: 'data.images.one-input',
    });
    await expect(openDataset(classes, [input], { preprocess: 'imagenett' })).rejects.toMatchObject({
      code: 'data.preprocess',
      mend: expect.stringContaining('imagenet, 0-1'),
    });
  });
});
