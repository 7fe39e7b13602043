import { afterAll, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../../src/data/modelInput.js';
import { openDataset } from '../../../../../src/data/openDataset.js';
import type { Model } from '../../../../../src/graph/model.js';
import { encodeModel } from '../../../../../src/onnx/encodeModel.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { fixturePath, samplePath } from '../../../models.js';
import { runnerPath } from '../../../runnerPath.js';

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

it.each(['qdq', 'qoperator'])(
  'vit-digits, 4 bits in blocks of 32, loses at most 0.3 points in format %s',
  async (format) => {
    const opened = await openModel(fixturePath('vit-digits.onnx'));
    const settings = ['scheme=weight-only', 'weightType=int4', 'blockSize=32', `format=${format}`];
    const options = parseSettings(quantize, settings);
    const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
    const { model } = await quantize.prepare(opened.model, options, work);
    const choices = preferredChoices(quantize.candidates(model, options, work.target));
    const applied = await quantize.apply({ model, choices, statistics: { ranges: new Map() }, options, ...work });
    const bytes = await encodeModel(applied.model);
    expect(bytes.byteLength / opened.byteLength).toBeLessThan(0.2);
    const before = await countCorrect(opened.model);
    const after = await countCorrect(applied.model);
    expect((100 * (before - after)) / 2000).toBeLessThanOrEqual(0.3);
    await opened.close();
  },
);
