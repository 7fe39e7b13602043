import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imagePath } from '../data/images/imageFixtures.js';
import { fixturePath, samplePath, vadPath } from '../models.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const lenet = samplePath('lenet-5.onnx');

/** Two classes of two images. */
async function folderOfImages(): Promise<string> {
  const folder = await temporaryFolder();
  const names = ['baseline-420.jpg', 'color.png', 'interlaced.png', 'oriented-6.jpg'];
  for (const [i, name] of names.entries()) {
    const into = join(folder, i < 2 ? 'one' : 'two');
    mkdirSync(into, { recursive: true });
    copyFileSync(imagePath(name), join(into, name));
  }
  return folder;
}

describe('data in the engine', () => {
  it('asks how images become inputs, unless they say so', async () => {
    const { call } = await startEngine();
    const data = await folderOfImages();
    expect(await call('imagePresets', { model: lenet, data })).toEqual(['0-1', 'imagenet', '-1-1', '0-255']);
    for (const other of [samplePath('digits-test.npz'), 'random', join(data, 'nowhere')]) {
      expect(await call('imagePresets', { model: lenet, data: other })).toBeNull();
    }
    writeFileSync(join(data, 'preprocessing.json'), '{ "preset": "-1-1" }');
    expect(await call('imagePresets', { model: lenet, data })).toBeNull();
  });

  it('feeds images as the request says, and scores what comes of it by a metric', async () => {
    const { call } = await startEngine();
    const data = await folderOfImages();
    const metric = join(await temporaryFolder(), 'metric.mjs');
    writeFileSync(metric, 'export default function classes(sample, outputs, label) { return sample.index + label; }\n');
    const report = await call('evaluate', { model: lenet, against: lenet, data, preprocess: '-1-1', metric });
    expect(report.metric).toEqual({
      name: 'classes',
      betterIs: 'higher',
      model: 2,
      against: 2,
      difference: 0,
      interval: [0, 0],
    });
    const fed = report.notes!.find(({ id }) => id === 'data.images.made')!;
    expect(fed.params).toMatchObject({ least: '-1', greatest: '1' });
    rmSync(metric);
    await expect(call('evaluate', { model: lenet, against: null, data, metric })).rejects.toMatchObject({
      code: 'evaluate.metric-missing',
    });
  });

  it('ends a metric that never ends when the job is cancelled', async () => {
    const { call } = await startEngine();
    const metric = join(await temporaryFolder(), 'metric.mjs');
    writeFileSync(metric, 'export default function endless() { for (;;); }\n');
    const cancel = new AbortController();
    const evaluated = call(
      'evaluate',
      { model: lenet, against: null, data: await folderOfImages(), metric },
      { signal: cancel.signal, onEvent: ({ stage }) => stage.id === 'evaluate.stage.quality' && cancel.abort() },
    );
    await expect(evaluated).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(async () => (await call('processes', undefined)).runners).toEqual([]);
  });

  it('measures activations anew where the same images are taken in another way', async () => {
    const { call } = await startEngine();
    const data = await folderOfImages();
    const { model } = await call('open', { path: lenet });
    const greatest = async (preprocess: string) => {
      await call('measureActivations', { model: lenet, data, preprocess });
      const [detail] = await call('activation', { model, layer: 0 });
      return (detail as { statistics: { max: number } }).statistics.max;
    };
    const preprocessing = join(await temporaryFolder(), 'own.json');
    writeFileSync(preprocessing, '{ "scale": 1 }');
    const [plain, far] = [await greatest('0-1'), await greatest(preprocessing)];
    expect(far).toBeGreaterThan(50 * plain);
    writeFileSync(preprocessing, '{ "scale": "1/255" }');
    expect(await greatest(preprocessing)).toBe(plain);
  });

  it('carries state that the data lacks without being told', async () => {
    const { call } = await startEngine();
    const model = vadPath('silero_vad_v5.onnx');
    const data = fixturePath('runtime/vad-sound.npz');
    const report = await call('evaluate', { model, against: model, data });
    expect(report.notes!.map(({ id }) => id)).toContain('activations.carried');
    expect(report.agreement).toMatchObject({ samples: 8, sqnrDb: Infinity });
    const card = await call('profile', { model, data });
    expect(card.inputs.map(({ name }) => name).sort()).toEqual(['input', 'sr', 'state']);
  });
});
