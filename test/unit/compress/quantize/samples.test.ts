import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../src/data/modelInput.js';
import { openDataset } from '../../../../src/data/openDataset.js';
import { encodeModel } from '../../../../src/onnx/encodeModel.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../../src/runtime/activationStatistics.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import { fixturePath, samplePath } from '../../models.js';
import { correctOn } from './conditioning/accuracy.js';
import { runnerPath } from '../../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

describe('the samples, quantized with default settings', () => {
  it.each([
    [samplePath('lenet-5.onnx'), 0.27],
    [fixturePath('resnet-digits.onnx'), 0.34],
    [fixturePath('mobilenet-digits.onnx'), 0.6],
    [fixturePath('mobilenet-digits-bn.onnx'), 0.6],
  ])('%s is at most %f of its size, and as accurate to 0.3 points', async (path, mostOfSize) => {
    const opened = await openModel(path);
    const options = parseSettings(quantize, []);
    const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
    const { model } = await quantize.prepare(opened.model, options, work);
    const choices = preferredChoices(quantize.candidates(model, options, work.target));
    const request = quantize.statistics(model, choices, options);
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 300 });
    const statistics = await collectActivationStatistics(runtime, model, request, dataset);
    const applied = await quantize.apply({ model, choices, statistics, options, ...work });
    const bytes = await encodeModel(applied.model);
    expect(bytes.byteLength / opened.byteLength).toBeLessThanOrEqual(mostOfSize);
    const before = await correctOn(runtime, opened.model, 'digits-test.npz');
    const after = await correctOn(runtime, applied.model, 'digits-test.npz');
    expect((100 * (before - after)) / 2000).toBeLessThanOrEqual(0.3);
    await opened.close();
  });
});
