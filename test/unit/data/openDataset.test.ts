import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convert } from '../../../src/data/convert.js';
import type { ModelInput } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { samplePath } from '../models.js';
import { dataPath, imageInput, written } from './datasetFixtures.js';

const inputs = [imageInput];
const fixed = (batch: number): ModelInput => ({ ...imageInput, shape: [batch, 1, 2, 3] });

describe('.npz and .npy', () => {
  it('feeds inputs by name, with labels', async () => {
    const dataset = await openDataset(dataPath('plain.npz'), inputs);
    expect(dataset.sampleCount).toBe(5);
    expect([...dataset.labels!]).toEqual(written.labels);
    expect(dataset.inputs).toEqual([{ name: 'image', elementType: 'float32', sampleShape: [1, 2, 3] }]);
    expect(dataset.warnings).toEqual([]);
    const { feeds, samples } = await dataset.read([3, 1]);
    expect(samples).toEqual([3, 1]);
    expect(feeds['image']!.shape).toEqual([2, 1, 2, 3]);
    expect([...feeds['image']!.data]).toEqual([...written.image.slice(18, 24), ...written.image.slice(6, 12)]);
  });

  it('takes labels named y, in a column, of any integer type', async () => {
    const dataset = await openDataset(dataPath('compressed.npz'), inputs);
    expect([...dataset.labels!]).toEqual(written.labels);
  });

  it('rounds to the half floats that a model takes, and says so', async () => {
    for (const elementType of ['float16', 'bfloat16'] as const) {
      const dataset = await openDataset(dataPath('plain.npz'), [{ ...imageInput, elementType }]);
      expect(dataset.warnings).toMatchObject([
        { id: 'data.rounded', params: { actual: 'float32', expected: elementType } },
      ]);
      const { data } = (await dataset.read([0])).feeds['image']!;
      const back = [...convert(data, elementType, 'float32')].map(Number);
      for (const [i, value] of back.entries()) expect(value).toBeCloseTo(written.image[i]!, 2);
    }
  });

  it.each(['lone.npz', 'lone.npy'])('a lone array feeds a lone input: %s', async (file) => {
    const dataset = await openDataset(dataPath(file), inputs);
    expect([...(await dataset.read([0, 1, 2, 3, 4])).feeds['image']!.data]).toEqual(written.image);
    expect(dataset.labels).toBeUndefined();
    expect(dataset.warnings).toEqual([]);
  });

  it('rounds float64 and says so, and says what it does not use', async () => {
    const dataset = await openDataset(dataPath('double.npz'), inputs);
    expect([...(await dataset.read([0])).feeds['image']!.data]).toEqual(written.image.slice(0, 6));
    expect(dataset.warnings.map(({ id }) => id)).toEqual(['data.rounded', 'data.unused']);
  });

  it('a batch of one is read sample by sample, a larger fixed batch in its size', async () => {
    const one = await openDataset(dataPath('plain.npz'), [fixed(1)]);
    expect(one.stackable).toBe(false);
    expect((await one.read([2])).feeds['image']!.shape).toEqual([1, 1, 2, 3]);
    const two = await openDataset(dataPath('plain.npz'), [fixed(2)]);
    expect(two).toMatchObject({ stackable: true, fixedBatch: 2 });
  });

  it('samples that are whole inputs, scalars among them, integers widened (a recurrent model)', async () => {
    const recurrent: ModelInput[] = [
      { name: 'input', elementType: 'float32', shape: ['batch', 'length'] },
      { name: 'state', elementType: 'float32', shape: [2, 'batch', 4] },
      { name: 'sr', elementType: 'int64', shape: [] },
    ];
    const dataset = await openDataset(dataPath('sequence.npz'), recurrent);
    expect(dataset).toMatchObject({ sampleCount: 3, stackable: false });
    const { feeds } = await dataset.read([1]);
    expect(feeds['input']!.shape).toEqual([1, 8]);
    expect(feeds['state']!.shape).toEqual([2, 1, 4]);
    expect(feeds['sr']).toEqual({ elementType: 'int64', shape: [], data: BigInt64Array.of(16000n) });
  });

  it('limits: the first ones, or those that a seed draws', async () => {
    const first = await openDataset(dataPath('plain.npz'), inputs, { limit: 2 });
    expect([...first.labels!]).toEqual([3, 1]);
    expect(first.warnings).toMatchObject([{ id: 'data.limited', params: { count: 2, total: 5 } }]);
    const drawn = await openDataset(samplePath('digits-test.npz'), digitInputs, { limit: 50, seed: 3 });
    const again = await openDataset(samplePath('digits-test.npz'), digitInputs, { limit: 50, seed: 3 });
    expect(drawn.labels).toEqual(again.labels);
    expect(new Set(drawn.labels).size).toBeGreaterThan(5);
  });

  const digitInputs: ModelInput[] = [{ name: 'image', elementType: 'float32', shape: ['n', 1, 28, 28] }];
});

describe('data that does not fit gets one sentence', () => {
  const refused = async (file: string, wanted: readonly ModelInput[], code: string, message: RegExp) => {
    const reading = async () => {
      const dataset = await openDataset(dataPath(file), wanted);
      await dataset.read([dataset.sampleCount - 1]);
    };
    await expect(reading()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  };

  it.each<[string, ModelInput[], string, RegExp]>([
    ['absent.npz', inputs, 'data.not-found', /no data at .*absent\.npz/],
    ['make.py', inputs, 'data.unknown-kind', /make\.py/],
    ['versions.npz', inputs, 'data.missing-input', /no array for the input image .* it has v1, v2, v3/],
    ['no-array.npz', inputs, 'data.missing-input', /it has none/],
    ['bytes.npz', inputs, 'data.type', /image .* is uint8, but the input image takes float32/],
    ['plain.npz', [{ ...imageInput, elementType: 'int64' }], 'data.type-whole', /is float32, but .* takes int64/],
    ['big-endian.npz', inputs, 'data.array-type', /big-endian float32/],
    ['objects.npz', inputs, 'data.array-type', /Python object/],
    ['complex.npz', inputs, 'data.array-type', /<c8/],
    ['record.npz', inputs, 'data.array-type', /a structure/],
    ['uneven.npz', inputs, 'data.sample-count', /image has 5 samples and labels has 4/],
    ['empty.npz', inputs, 'data.no-samples', /holds no samples/],
    ['nan-labels.npz', inputs, 'data.labels', /sample 2 has NaN/],
    ['negative-labels.npz', inputs, 'data.labels', /sample 2 has -1/],
    ['one-hot.npz', inputs, 'data.labels', /labels has the shape \[5,5\]/],
    ['plain.npz', [{ ...imageInput, shape: ['n', 3, 2, 3] }], 'data.shape', /\[5,1,2,3\], but .* takes \[n,3,2,3\]/],
    ['plain.npz', [{ ...imageInput, shape: ['n', 3] }], 'data.shape', /takes \[n,3\]/],
    ['plain.npz', [imageInput, { ...imageInput, name: 'mask' }], 'data.missing-input', /input mask/],
    ['lone.npy', [imageInput, { ...imageInput, name: 'mask' }], 'data.one-array', /inputs image, mask/],
    ['plain.npz', [{ name: 'image', elementType: 'string', shape: ['n'] }], 'data.input-kind', /image .* is text/],
    ['wide.npz', [{ name: 'ids', elementType: 'int32', shape: ['n', 1] }], 'data.value', /1099511627776, .* int32/],
    ['plain.npz', [], 'data.no-samples', /holds no samples/],
  ])('%s %#', (file, wanted, code, message) => refused(file, wanted, code, message));

  it('says how to scale images', async () => {
    await expect(openDataset(dataPath('bytes.npz'), inputs)).rejects.toMatchObject({
      mend: 'Convert it as the training did (for images often x.astype("float32") / 255) and save it as float32.',
    });
  });
});

describe('ONNX test data sets', () => {
  const pair: ModelInput[] = [
    { name: 'a', elementType: 'float32', shape: ['n', 3] },
    { name: 'b', elementType: 'int64', shape: [1] },
  ];

  it('reads each folder as a sample, in numeric order, with reference outputs', async () => {
    const dataset = await openDataset(dataPath('sets'), pair);
    expect(dataset).toMatchObject({ sampleCount: 11, stackable: false });
    for (const sample of [0, 2, 10]) {
      const { feeds } = await dataset.read([sample]);
      expect(feeds['a']).toEqual({
        elementType: 'float32',
        shape: [1, 3],
        data: Float32Array.of(sample, sample, sample),
      });
      expect(feeds['b']).toEqual({ elementType: 'int64', shape: [1], data: BigInt64Array.of(BigInt(sample)) });
      const [output] = Object.values((await dataset.expected!(sample))!);
      expect(output!.data).toEqual(Float32Array.of(2 * sample, 2 * sample, 2 * sample));
    }
  });

  it('goes by the names in the files, not by their numbers', async () => {
    const dataset = await openDataset(dataPath('sets/test_data_set_1'), [...pair].reverse());
    expect((await dataset.read([0])).feeds['b']!.data).toEqual(BigInt64Array.of(1n));
  });

  it('takes one data set as well', async () => {
    const dataset = await openDataset(dataPath('sets/test_data_set_7'), pair);
    expect(dataset.sampleCount).toBe(1);
    expect((await dataset.read([0])).feeds['b']!.data).toEqual(BigInt64Array.of(7n));
  });

  it('says what does not fit', async () => {
    await expect(openDataset(dataPath('sets'), [pair[0]!])).rejects.toMatchObject({
      message: expect.stringMatching(/test_data_set_0 .* it has 2 inputs and the model 1 \(a\)/),
    });
    const [a, b] = pair as [ModelInput, ModelInput];
    const wrongShape = [{ ...a, shape: [1, 4] }, b];
    await expect(openDataset(dataPath('sets'), wrongShape)).rejects.toMatchObject({ code: 'data.test-data-set' });
    const wrongType: ModelInput[] = [{ ...a, elementType: 'int64' }, b];
    await expect(openDataset(dataPath('sets'), wrongType)).rejects.toMatchObject({ code: 'data.type-whole' });
    const folder = await mkdtemp(join(tmpdir(), 'tare-sets-'));
    try {
      await expect(openDataset(folder, pair)).rejects.toMatchObject({ code: 'data.unknown-kind' });
      await copyFile(dataPath('lone.npy'), join(folder, 'input_0.pb'));
      await copyFile(dataPath('lone.npy'), join(folder, 'input_1.pb'));
      await expect(openDataset(folder, pair)).rejects.toMatchObject({ code: expect.stringMatching(/^onnx\./) });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('random data', () => {
  const mixed: ModelInput[] = [
    { name: 'x', elementType: 'float32', shape: ['batch', 3, undefined, 8] },
    { name: 'sound', elementType: 'float32', shape: ['batch', 'length'] },
    { name: 'page', elementType: 'float32', shape: [undefined, 1, undefined, undefined] },
    { name: 'heads', elementType: 'float32', shape: [2, 'length', 4] },
    { name: 'half', elementType: 'float16', shape: [2000] },
    { name: 'ids', elementType: 'int64', shape: ['batch', 100] },
    { name: 'mask', elementType: 'bool', shape: [] },
  ];

  it('has the fixed sizes, 1 or a length for free ones, harmless values, and a loud warning', async () => {
    const dataset = await openDataset('random', mixed, { seed: 5 });
    expect(dataset.warnings.map(({ id }) => id)).toEqual(['data.random']);
    expect(dataset.warnings[0]!.params['shapes']).toContain('x [1,3,1,8], sound [1,256]');
    const { feeds } = await dataset.read([0]);
    expect(Object.values(feeds).map(({ shape }) => shape)).toEqual([
      [1, 3, 1, 8],
      [1, 256],
      [1, 1, 256, 256],
      [2, 256, 4],
      [2000],
      [1, 100],
      [],
    ]);
    expect([...feeds['x']!.data].every((value) => value >= 0 && value < 1)).toBe(true);
    expect([...feeds['half']!.data].every((bits) => Number(bits) <= 0x3c00)).toBe(true);
    expect(new Set<number | bigint>(feeds['half']!.data).size).toBeGreaterThan(1000);
    expect(new Set<number | bigint>(feeds['ids']!.data)).toEqual(new Set([0n, 1n]));
    expect(feeds['mask']!.data).toBeInstanceOf(Uint8Array);
  });

  it('is the same for the same seed, and another for another sample or seed', async () => {
    const sample = async (seed: number, index: number) =>
      (await (await openDataset('random', mixed, { seed })).read([index])).feeds['x']!.data;
    expect(await sample(1, 2)).toEqual(await sample(1, 2));
    expect(await sample(1, 2)).not.toEqual(await sample(1, 3));
    expect(await sample(1, 2)).not.toEqual(await sample(2, 2));
  });

  it('takes shapes for free dimensions', async () => {
    const dataset = await openDataset('random', [mixed[0]!], { shapes: { x: [1, 3, 32, 8] }, limit: 2 });
    expect(dataset.sampleCount).toBe(2);
    expect((await dataset.read([1])).feeds['x']!.data).toHaveLength(768);
  });
});

describe('random data', () => {
  it('refuses an input that no machine holds, by name', async () => {
    const input: ModelInput = { name: 'wide', elementType: 'float32', shape: [2 ** 40, 2 ** 20] };
    await expect(openDataset('random', [input])).rejects.toMatchObject({
      code: 'data.random-size',
      params: { input: 'wide' },
    });
  });
});
