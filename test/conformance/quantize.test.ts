import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../src/compress/method.js';
import { parseOptions } from '../../src/compress/options.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../src/data/modelInput.js';
import { openDataset } from '../../src/data/openDataset.js';
import { validate } from '../../src/graph/validate.js';
import { openModel } from '../../src/onnx/openModel.js';
import type { OpenedModel } from '../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../src/runtime/activationStatistics.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { samplePath } from '../unit/models.js';
import { runnerPath } from '../unit/runnerPath.js';
import { GoldenCount } from './goldenCount.js';
import { factsOf, modelPath, modelToQuantize, rangesOf, readGolden } from './golden.js';

const digits = [
  'lenet-5',
  'lenet-300-100',
  'resnet-digits',
  'mobilenet-digits',
  'mobilenet-digits-unbalanced',
  'mobilenet-digits-bn',
  'vit-digits',
];
const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

/** Files of golden cases; the others hold numbers of parts. */
const parts = new Set(['calibrators', 'nbits', 'parameters']);
const names = readdirSync(resolve(import.meta.dirname, 'golden'))
  .map((file) => file.replace('.json.gz', ''))
  .filter((name) => !parts.has(name));
const count = new GoldenCount(`quantizations of ${names.length} models`);

describe.each(names)('%s, quantized as onnxruntime 1.30 does it', (name) => {
  const golden = readGolden(name);
  const statistics = { ranges: rangesOf(golden) };
  let opened: OpenedModel;
  beforeAll(async () => {
    opened = await openModel(modelPath(golden));
  });
  afterAll(() => opened.close());

  it.each(golden.cases.map((each) => [JSON.stringify(each.options), each] as const))(
    '%s',
    async (_title, { options: values, bytes: _bytes, ...expected }) => {
      const options = parseOptions(quantize, { ...values, compat: 'onnxruntime' });
      const { model } = await quantize.prepare(modelToQuantize(golden, opened.model), options, work);
      const choices = preferredChoices(quantize.candidates(model, options, work.target));
      const applied = await quantize.apply({ model, choices, statistics, options, ...work });
      expect(await factsOf(applied.model)).toEqual(expected);
      validate(applied.model);
      count.add();
    },
  );
});

count.tell(names.reduce((sum, name) => sum + readGolden(name).cases.length, 0));

describe.each(digits)('%s, calibrated by Tare', (name) => {
  const golden = readGolden(name);
  const runtime = createRuntime({ runnerPath });
  afterAll(() => runtime.close());

  it('has the ranges and the graph of onnxruntime', async () => {
    const expected = golden.cases[0]!;
    const options = parseOptions(quantize, { ...expected.options, compat: 'onnxruntime' });
    const opened = await openModel(modelPath(golden));
    const { model } = await quantize.prepare(opened.model, options, work);
    const choices = preferredChoices(quantize.candidates(model, options, work.target));
    const request = quantize.statistics(model, choices, options);
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 16 });
    const statistics = await collectActivationStatistics(runtime, model, request, dataset);
    for (const [value, range] of statistics.ranges) {
      // Kernels, and with them the last bits of sums, are chosen by the processor.
      const [min, max] = golden.ranges[value]!.map(Number) as [number, number];
      const slack = 1e-5 * Math.max(Math.abs(min), Math.abs(max));
      expect(Math.abs(range.min - min), value).toBeLessThanOrEqual(slack);
      expect(Math.abs(range.max - max), value).toBeLessThanOrEqual(slack);
    }
    const applied = await quantize.apply({ model, choices, statistics, options, ...work });
    const facts = await factsOf(applied.model);
    expect(facts.nodes).toEqual(expected.nodes);
    const shapes = ({ initializers }: typeof facts) =>
      Object.entries(initializers).map(([key, [elementType, shape]]) => [key, elementType, shape]);
    expect(shapes(facts)).toEqual(shapes(expected));
    await opened.close();
  });
});
