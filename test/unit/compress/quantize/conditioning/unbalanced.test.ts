import { afterAll, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../../src/data/modelInput.js';
import { openDataset } from '../../../../../src/data/openDataset.js';
import { splitDataset } from '../../../../../src/data/split.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { laboratoryOn } from '../../../../../src/recipe/laboratory.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { fixturePath, samplePath } from '../../../models.js';
import { runnerPath } from '../../../runnerPath.js';
import { correctOn } from './accuracy.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

it('one scale a tensor ruins a model with unbalanced channels, and equalization mends it to 0.3 points', async () => {
  const opened = await openModel(fixturePath('mobilenet-digits-unbalanced.onnx'));
  const data = await openDataset(samplePath('digits-calibration.npz'), modelInputs(opened.model));
  const laboratory = laboratoryOn(splitDataset(data, 0).fit, runtime, 'unbalanced');
  const work = { target: { exactInt8Sums: true }, laboratory, seed: 0 };
  const correctWith = async (setting: string) => {
    const options = parseSettings(quantize, ['perChannel=false', setting]);
    const { model } = await quantize.prepare(opened.model, options, work);
    const choices = preferredChoices(quantize.candidates(model, options, work.target));
    const statistics = await laboratory.observe(model, quantize.statistics(model, choices, options));
    const applied = await quantize.apply({ model, choices, statistics, options, ...work });
    return correctOn(runtime, applied.model, 'digits-test.npz');
  };
  const before = await correctOn(runtime, opened.model, 'digits-test.npz');
  expect(await correctWith('equalize=false')).toBeLessThan(400);
  expect(before - (await correctWith('equalize=true'))).toBeLessThanOrEqual(6);
  await opened.close();
});
