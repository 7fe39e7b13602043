import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../src/data/modelInput.js';
import { openDataset } from '../../../../src/data/openDataset.js';
import type { Model } from '../../../../src/graph/model.js';
import { encodeModel } from '../../../../src/onnx/encodeModel.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../../src/runtime/activationStatistics.js';
import { loadModel } from '../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import { fixturePath, samplePath } from '../../models.js';
import { runnerPath } from '../../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

/** How many of the test digits the model tells right. */
async function countCorrect(model: Model): Promise<number> {
  const dataset = await openDataset(samplePath('digits-test.npz'), modelInputs(model));
  const session = await loadModel(runtime, model);
  let correct = 0;
  for (let start = 0; start < dataset.sampleCount; start += 250) {
    const samples = Array.from({ length: 250 }, (_, i) => start + i);
    const { feeds } = await dataset.read(samples);
    const logits = (await session.run(feeds))['logits']!.data as Float32Array;
    for (const [i, sample] of samples.entries()) {
      const row = logits.subarray(i * 10, i * 10 + 10);
      if (row.indexOf(Math.max(...row)) === dataset.labels![sample]) correct++;
    }
  }
  await session.release();
  return correct;
}

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
    const before = await countCorrect(opened.model);
    const after = await countCorrect(applied.model);
    expect((100 * (before - after)) / 2000).toBeLessThanOrEqual(0.3);
    await opened.close();
  });
});
