import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { dataPath, written } from './datasetFixtures.js';
import { imagePath } from './images/imageFixtures.js';

const image: ModelInput = { name: 'image', elementType: 'float32', shape: ['n', 3, 4, 4] };
const array: ModelInput = { name: 'array', elementType: 'float32', shape: ['n', 1, 2, 3] };
const rate: ModelInput = { name: 'sr', elementType: 'int64', shape: [] };
const pair: ModelInput = { name: 'pair', elementType: 'float32', shape: ['n', 2] };

/** A folder with images and arrays, and a manifest that says this. */
function manifest(content: unknown): string {
  const folder = temporaryFolder();
  cpSync(imagePath('classes'), join(folder, 'photos'), { recursive: true });
  copyFileSync(dataPath('lone.npy'), join(folder, 'array.npy'));
  copyFileSync(dataPath('plain.npz'), join(folder, 'plain.npz'));
  copyFileSync(imagePath('color.png'), join(folder, 'a.png'));
  copyFileSync(imagePath('gray.jpg'), join(folder, 'b.jpg'));
  writeFileSync(join(folder, 'labels.csv'), 'label\n4\n3\n2\n1\n0\n');
  mkdirSync(join(folder, 'below'));
  symlinkSync(dataPath('lone.npy'), join(folder, 'below', 'link.npy'));
  const path = join(folder, 'data.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const open = (content: unknown, inputs: readonly ModelInput[]) => openDataset(manifest(content), inputs);

describe('a manifest', () => {
  it('joins arrays, a value for all, and labels', async () => {
    const content = { inputs: { array: 'array.npy', sr: { value: 16000 } }, labels: 'labels.csv' };
    const dataset = await open(content, [array, rate]);
    expect(dataset).toMatchObject({ sampleCount: 5, stackable: true, warnings: [] });
    expect([...dataset.labels!]).toEqual([4, 3, 2, 1, 0]);
    const { feeds } = await dataset.read([1, 2]);
    expect(feeds.array!.shape).toEqual([2, 1, 2, 3]);
    expect([...feeds.array!.data]).toEqual(written.image.slice(6, 18));
    expect(feeds.sr).toEqual({ elementType: 'int64', shape: [], data: BigInt64Array.of(16000n) });
  });

  it('takes an array of an .npz by its name', async () => {
    const named = await open({ inputs: { array: { npz: 'plain.npz', array: 'image' } } }, [array]);
    expect([...(await named.read([4])).feeds.array!.data]).toEqual(written.image.slice(24));
    await expect(open({ inputs: { array: 'plain.npz' } }, [array])).rejects.toMatchObject({
      code: 'data.missing-input',
      message: expect.stringContaining('it has image, labels'),
    });
  });

  it('takes folders of classes with a preprocessing and an order of its own', async () => {
    const content = {
      inputs: { image: { images: 'photos', preprocessing: { preset: '0-255', channels: 'bgr' } } },
      classes: ['night', 'dusk', 'day'],
    };
    const dataset = await open(content, [image]);
    expect([...dataset.labels!]).toEqual([2, 2, 1, 1, 0, 0]);
    expect((await dataset.read([5])).feeds.image!.data[0]).toBe(21);
    const some = await open({ inputs: { image: 'photos/day/*.png' }, preprocessing: '0-255' }, [image]);
    expect(some.sampleCount).toBe(2);
    expect((await some.read([1])).feeds.image!.data[0]).toBe(221);
  });

  it('lists samples one by one, of different shapes, with classes by name and sequences', async () => {
    const content = {
      classes: ['cat', 'dog'],
      samples: [
        { image: 'a.png', pair: [1, 2], label: 'dog', sequence: 'one' },
        { image: 'b.jpg', pair: [[3, 4]], label: 0, sequence: 'one' },
        { image: 'a.png', pair: [5, 6], label: 'cat', sequence: 'two' },
      ],
    };
    const dataset = await open(content, [{ ...image, shape: ['n', 3, 'h', 'w'] }, pair]);
    expect(dataset).toMatchObject({ sampleCount: 3, stackable: false });
    expect([...dataset.labels!]).toEqual([1, 0, 0]);
    expect([0, 1, 2].map((sample) => dataset.startsSequence!(sample))).toEqual([true, false, true]);
    const { feeds } = await dataset.read([1]);
    expect(feeds.image!.shape).toEqual([1, 3, 37, 53]);
    expect(feeds.pair).toEqual({ elementType: 'float32', shape: [1, 2], data: Float32Array.of(3, 4) });
  });

  it('takes an .npy for each sample', async () => {
    const dataset = await open({ samples: [{ array: 'array.npy' }] }, [{ ...array, shape: ['n', 1, 2, 3] }]);
    expect((await dataset.read([0])).feeds.array!.shape).toEqual([5, 1, 2, 3]);
  });

  it.each<[unknown, ModelInput[], string, RegExp]>([
    ['{', [array], 'data.json', /it is no JSON/],
    [{ input: {} }, [array], 'data.json', /there is no key "input"; did you mean "inputs"/],
    [{ inputs: { array: { npy: 7 } } }, [array], 'data.json', /inputs\.array/],
    [{ samples: [] }, [array], 'data.json', /samples/],
    [
      { inputs: { other: 'array.npy' } },
      [array],
      'data.manifest-input',
      /nothing for the input array of the model; it has other/,
    ],
    [{ inputs: { array: '../array.npy' } }, [array], 'data.manifest-outside', /\.\.\/array\.npy, which is outside/],
    [{ inputs: { array: '/etc/array.npy' } }, [array], 'data.manifest-outside', /outside/],
    [{ inputs: { array: 'below/link.npy' } }, [array], 'data.manifest-outside', /link\.npy, which is outside/],
    [{ inputs: { array: 'gone.npy' } }, [array], 'data.manifest-missing', /gone\.npy, which is not there/],
    [{ inputs: { sr: { value: 0.5 } } }, [rate], 'data.manifest-value', /0\.5 is not whole/],
    [{ inputs: { pair: { value: [[1, 2], [3]] } } }, [pair], 'data.manifest-value', /different lengths/],
    [
      { inputs: { pair: { value: [1, 2, 3] } } },
      [pair],
      'data.sample-shape',
      /has the shape \[3\], but .* takes \[n,2\]/,
    ],
    [{ samples: [{ pair: [1, 2] }, { image: 'a.png' }] }, [pair], 'data.manifest-sample', /Sample 1 .* input pair/],
    [{ samples: [{ image: 'a.png' }, { image: 'labels.csv' }] }, [image], 'data.manifest-kind', /labels\.csv/],
    [{ samples: [{ pair: [1, 2], label: 'cat' }] }, [pair], 'data.labels', /"cat", which needs its classes/],
    [{ samples: [{ pair: [1, 2], label: 1 }, { pair: [1, 2] }] }, [pair], 'data.labels', /sample 1 has none/],
    [{ inputs: { array: 'array.npy' }, labels: [1, 2] }, [array], 'data.sample-count', /5 samples and labels has 2/],
    [{ inputs: { image: 'photos/*.jpg' } }, [image], 'data.images.none', /photos\/\*\.jpg/],
  ])('%j', async (content, inputs, code, message) => {
    const reading = async () => (await open(content, inputs)).read([0]);
    await expect(reading()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
