import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleFolder } from '../bundles.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';

const cli = join(bundleFolder, 'cli.js');

async function inspect(...words: string[]) {
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [cli, 'inspect', ...words], { maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
  });
  return { code, stdout, stderr, document: words.includes('--json') ? JSON.parse(stdout) : null };
}

const calibration = samplePath('digits-calibration.npz');
const sound = fixturePath('runtime/vad-sound.npz');

describe('tare inspect --data', () => {
  it('gives the activations of each layer, with what they were measured on', async () => {
    const words = [samplePath('lenet-5.onnx'), '--data', calibration, '--samples', '50', '--no-statistics', '--json'];
    const { code, document } = await inspect(...words);
    expect(code).toBe(0);
    const relu = document.layers.find(({ name }: { name: string }) => name === '/Relu_2');
    expect(relu.activations).toHaveLength(1);
    const [activation] = relu.activations;
    expect(activation).toMatchObject({ name: '/Relu_2_output_0', dtype: 'float32', shape: [1, 500], min: 0 });
    for (const field of ['max', 'mean', 'std', 'zeros', 'kurtosis', 'outlier']) {
      expect(activation[field]).toEqual(expect.any(Number));
    }
    const { counts } = activation.histogram;
    expect(counts.length).toBeLessThanOrEqual(64);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(25_000);
    expect(activation.channels).toMatchObject({ axis: 1, elements: 50, dead: expect.any(Array) });
    expect(document.activations).toMatchObject({
      samples: 50,
      measured: 11,
      missing: 0,
      passes: 1,
      notes: expect.any(Array),
    });
    expect(document.activations.inputs[0]).toMatchObject({ name: 'image', min: 0, max: 1 });
    const split = await inspect(...words, '--memory', '1');
    expect(split.document.layers).toEqual(document.layers);
  });

  it('of random numbers says that nothing on them means anything', async () => {
    const { code, stdout } = await inspect(samplePath('lenet-5.onnx'), '--data', 'random', '--samples', '2');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '! The inputs are random numbers (image [1,1,28,28]): nothing measured on them means anything.',
    );
    expect(stdout).toMatch(/Activations over 2 samples of random/);
  });

  it('carries the state of a voice detector, and tells what was not reached', async () => {
    const model = vadPath('silero_vad_v5.onnx');
    const { code, document } = await inspect(
      model,
      '--data',
      sound,
      '--no-statistics',
      '--carry',
      'state=stateN',
      '--json',
    );
    expect(code).toBe(0);
    expect(document.warnings).toContainEqual(expect.stringContaining('it begins as zeros'));
    const inside = document.layers.filter(({ name }: { name: string }) => name.includes('then_branch'));
    const measured = inside.flatMap(({ activations }: { activations: { count: number }[] }) => activations);
    expect(measured.filter(({ count }: { count: number }) => count > 0).length).toBeGreaterThan(30);
    const text = await inspect(model, '--data', sound, '--no-statistics');
    expect(text.stdout).toContain('No sample reached it');

    const wrong = await inspect(model, '--data', sound, '--no-statistics', '--carry', 'state=next');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('it has no output next');
  });

  it('of PP-OCR at its own size stays within the memory that is given', async () => {
    const { code, document } = await inspect(
      ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx'),
      ...['--data', 'random', '--samples', '1', '--memory', '8', '--no-statistics', '--json'],
    );
    expect(code).toBe(0);
    expect(document.activations.passes).toBeGreaterThan(1);
    expect(document.activations.missing).toBe(0);
  });

  it('tells a wrong flag before it reads anything', async () => {
    const { code, stderr } = await inspect('nowhere.onnx', '--data', calibration, '--memory', '0');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--memory takes a number of at least 1')]);
  });
});
