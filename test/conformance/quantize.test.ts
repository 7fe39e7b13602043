import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../src/compress/method.js';
import { parseOptions } from '../../src/compress/options.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { openModel } from '../../src/onnx/openModel.js';
import type { OpenedModel } from '../../src/onnx/openModel.js';
import { factsOf, modelPath, rangesOf, readGolden } from './golden.js';

const models = [
  'lenet-5',
  'lenet-300-100',
  'resnet-digits',
  'mobilenet-digits',
  'mobilenet-digits-unbalanced',
  'mobilenet-digits-bn',
  'vit-digits',
  'image-families',
  'text-families',
  'corner-cases',
  'ppocr-det',
];

describe.each(models)('%s, quantized as onnxruntime 1.30 does it', (name) => {
  const golden = readGolden(name);
  const ranges = rangesOf(golden);
  let opened: OpenedModel;
  beforeAll(async () => {
    opened = await openModel(modelPath(golden));
  });
  afterAll(() => opened.close());

  it.each(golden.cases)('$options', async ({ options: values, bytes: _bytes, ...expected }) => {
    const options = parseOptions(quantize, { ...values, compat: 'onnxruntime' });
    const target = { exactInt8Sums: true };
    const { model } = await quantize.prepare(opened.model, options);
    const choices = preferredChoices(quantize.candidates(model, options, target));
    const applied = await quantize.apply({ model, choices, statistics: { ranges }, options, target });
    expect(await factsOf(applied.model)).toEqual(expected);
  });
});
