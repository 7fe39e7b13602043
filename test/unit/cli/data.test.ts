import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/data/images/decodeImage.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { bundleFolder } from '../bundles.js';
import { imagePath } from '../data/images/imageFixtures.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';

const cli = join(bundleFolder, 'cli.js');

function tare(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], { maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
  });
}

const lenet = samplePath('lenet-5.onnx');

describe('tare data', () => {
  it('shows what a model is fed of a folder of images, and a picture of it', async () => {
    const preview = join(temporaryFolder(), 'seen.png');
    const words = ['data', imagePath('classes'), '--model', lenet, '--preprocess', '-1-1', '--sample', '5'];
    const { code, stdout } = await tare(...words, '--preview', preview, '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      samples: 6,
      label: 2,
      labels: { 0: 2, 1: 2, 2: 2 },
      inputs: [{ name: 'image', dtype: 'float32', shape: [1, 1, 28, 28] }],
      written: [preview],
    });
    expect(document.inputs[0].mean).toBeCloseTo(21 / 127.5 - 1, 6);
    const picture = await decodeImage(readFileSync(preview), false);
    expect([picture.width, picture.height, picture.channels]).toEqual([28, 28, 1]);
  });

  it('tells in words what is carried, and what is no picture', async () => {
    const words = ['data', fixturePath('runtime/vad-sound.npz'), '--model', vadPath('silero_vad_v5.onnx')];
    const { stdout } = await tare(...words);
    expect(stdout).toMatch(/input +float32 +1×512/);
    expect(stdout).toMatch(/state is not in the data: it begins as zeros/);
    const picture = await tare(...words, '--preview', join(temporaryFolder(), 'x.png'));
    expect(picture).toMatchObject({ code: 1, stderr: expect.stringMatching(/No input is a picture/) });
  });

  it('exits 2 for a sample that is not there, and 1 for data that does not fit', async () => {
    const words = ['data', imagePath('classes'), '--model'];
    expect(await tare(...words, lenet, '--sample', '6')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/up to 5/),
    });
    expect(await tare(...words, vadPath('silero_vad_v5.onnx'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tare: The folder classes holds images for one input/),
    });
  });
});

describe('images, and a metric of the user’s', () => {
  it('are measured on, by a model that takes any size', async () => {
    const metric = join(temporaryFolder(), 'width.mjs');
    writeFileSync(
      metric,
      'export default { name: "width", betterIs: "higher", create: () => {\n let sum = 0;\n return { add(sample, outputs) { sum += Object.values(outputs)[0].shape.at(-1); }, result: () => sum };\n} };',
    );
    const model = ocrPath('ch_PP-OCRv4_det_infer.onnx');
    const preprocessing = join(temporaryFolder(), 'p.json');
    writeFileSync(preprocessing, '{"preset": "imagenet", "resize": "none", "multipleOf": 32, "channels": "bgr"}');
    const words = [
      'evaluate',
      model,
      '--data',
      imagePath('classes'),
      '--preprocess',
      preprocessing,
      '--metric',
      metric,
    ];
    const { code, stdout, stderr } = await tare(...words, '--json');
    expect(stderr).not.toMatch(/^tare:/m);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).metric).toEqual({ name: 'width', betterIs: 'higher', model: 6 * 32 });
  });

  it('fail before anything is made where the metric is none', async () => {
    const folder = temporaryFolder();
    const metric = join(folder, 'bad.mjs');
    writeFileSync(metric, 'export default {\n  name: missing\n};');
    const words = ['compress', lenet, '-o', join(folder, 'x.onnx'), '--data', samplePath('digits-calibration.npz')];
    const { code, stderr } = await tare(...words, '--metric', metric);
    expect(code).toBe(1);
    expect(stderr).toMatch(/bad\.mjs, line 2 failed: ReferenceError: missing is not defined/);
    expect(stderr).not.toMatch(/Writing/);
  });
});
