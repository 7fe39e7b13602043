import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/compress/method.js';
import { sentences } from '../../../src/messages/catalog.js';
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
  ])('tells what becomes of %s', async (_name, input, options) => {
    const told = await preview(input, options);
    const output = join(temporaryFolder(), 'out.onnx');
    const request = { input, output, method: 'quantize', options, data: samplePath('digits-calibration.npz') };
    const report = await compressModel({ ...request, test: null, maxDrop: null }, { runtime, latencySeconds: 0.05 });
    expect(told.bytes.before).toBe(report.before.bytes);
    // Nodes and names that quantization adds are not foretold.
    const structure = report.outputBytes.structure + report.outputBytes.scales;
    expect(told.bytes.after).toBeLessThanOrEqual(report.after.bytes);
    expect(report.after.bytes - told.bytes.after).toBeLessThan(structure);
    expect(told.layers.treated).toBeGreaterThanOrEqual(report.applied.length);
    expect(told.layers.choices.reduce((sum, { count }) => sum + count, 0)).toBe(told.layers.treated);
  });

  it('counts the layers that stay, by reason, and tells the options on the command line', async () => {
    const told = await preview(samplePath('lenet-5.onnx'), { exclude: '*', perChannel: true, scheme: 'dynamic' });
    expect(told.layers.treated).toBe(0);
    expect(told.left.map(({ reason }) => sentences[reason.id])).toContain(sentences['compress.skipped.excluded']);
    expect(told.left.reduce((sum, { count }) => sum + count, 0)).toBe(told.layers.total);
    expect(told.settings).toEqual(['exclude=*', 'scheme=dynamic']);
    expect(told.needsData).toBe(false);
  });

  it('fails as the compression would', async () => {
    const wrong = preview(samplePath('lenet-5.onnx'), { exclude: 'conv*9' });
    await expect(wrong).rejects.toMatchObject({ code: 'compress.no-such-layer' });
  });
});
