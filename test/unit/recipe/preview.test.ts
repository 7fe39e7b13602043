import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/compress/method.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { compressModel } from '../../../src/recipe/pipeline.js';
import { previewCompression } from '../../../src/recipe/preview.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { fixturePath, samplePath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const target = { exactInt8Sums: true };

async function preview(path: string, options: { readonly [name: string]: Json }) {
  const opened = await openModel(path);
  try {
    return await previewCompression(opened.model, opened.byteLength, { method: 'quantize', options }, target);
  } finally {
    await opened.close();
  }
}

describe('the preview of a compression', () => {
  it.each([
    ['lenet-5', samplePath('lenet-5.onnx'), {}],
    ['lenet-5, dynamic', samplePath('lenet-5.onnx'), { scheme: 'dynamic' }],
    ['resnet-digits', fixturePath('resnet-digits.onnx'), {}],
    ['vit-digits', fixturePath('vit-digits.onnx'), {}],
    [
      'vit-digits, weights alone',
      fixturePath('vit-digits.onnx'),
      { scheme: 'weight-only', weightType: 'int4', blockSize: 32 },
    ],
    ['lenet-5, 4 bits in blocks', samplePath('lenet-5.onnx'), { weightType: 'int4', blockSize: 32 }],
    ['lenet-5, simulated', samplePath('lenet-5.onnx'), { scheme: 'simulated', bits: 3 }],
    ['lenet-5, float16', samplePath('lenet-5.onnx'), { scheme: 'float16' }],
    ['lenet-5, QOperator', samplePath('lenet-5.onnx'), { format: 'qoperator' }],
  ])('tells what becomes of %s', async (_name, input, options) => {
    const told = await preview(input, options);
    const output = join(temporaryFolder(), 'out.onnx');
    const request = { input, output, method: 'quantize', options, data: samplePath('digits-calibration.npz') };
    const report = await compressModel({ ...request, test: null, maxDrop: null }, { runtime, latencySeconds: 0.05 });
    expect(told.bytes.before).toBe(report.before.bytes);
    // Nodes and names that quantization adds, and zero points that it leaves out, are not foretold.
    const structure = report.outputBytes.structure + report.outputBytes.scales;
    expect(Math.abs(report.after.bytes - told.bytes.after)).toBeLessThan(structure);
    expect(told.layers.treated).toBeGreaterThanOrEqual(report.applied.length);
    expect(told.layers.choices.reduce((sum, { count }) => sum + count, 0)).toBe(told.layers.treated);
  });

  it('counts the layers that stay, by reason, and tells the options on the command line', async () => {
    const told = await preview(samplePath('lenet-5.onnx'), { exclude: '*', perChannel: true, scheme: 'dynamic' });
    expect(told.layers.treated).toBe(0);
    expect(told.left.map(({ reason }) => reason.id)).toContain('compress.skipped.excluded');
    expect(told.left.reduce((sum, { count }) => sum + count, 0)).toBe(told.layers.total);
    expect(told.settings).toEqual(['exclude=*', 'scheme=dynamic']);
    expect(told.needsData).toBe(false);
  });

  it('fails as the compression would', async () => {
    const wrong = preview(samplePath('lenet-5.onnx'), { exclude: 'conv*9' });
    await expect(wrong).rejects.toMatchObject({ code: 'compress.no-such-layer' });
  });
});
