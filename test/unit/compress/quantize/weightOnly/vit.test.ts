import { afterAll, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { encodeModel } from '../../../../../src/onnx/encodeModel.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { fixturePath } from '../../../models.js';
import { correctOn } from '../conditioning/accuracy.js';
import { runnerPath } from '../../../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

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
    const before = await correctOn(runtime, opened.model, 'digits-test.npz');
    const after = await correctOn(runtime, applied.model, 'digits-test.npz');
    expect((100 * (before - after)) / 2000).toBeLessThanOrEqual(0.3);
    await opened.close();
  },
);
