import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { estimatesOf } from '../../../../../src/compress/quantize/conditioning/dataFree/applyDataFree.js';
import {
  combined,
  normalEstimate,
  rangeOf,
  through,
} from '../../../../../src/compress/quantize/conditioning/dataFree/estimate.js';
import { estimateValues } from '../../../../../src/compress/quantize/conditioning/dataFree/estimateValues.js';
import { trainingStatistics } from '../../../../../src/compress/quantize/conditioning/dataFree/trainingStatistics.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../../src/data/modelInput.js';
import { openDataset } from '../../../../../src/data/openDataset.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { collectActivationStatistics } from '../../../../../src/runtime/activationStatistics.js';
import { normalNumbers } from '../../../../fixtures/random.js';
import { fixturePath, samplePath } from '../../../models.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { correctOn } from './accuracy.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const one = (x: number) => Float64Array.of(x);
const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

describe('estimates', () => {
  it('of a rectified normal distribution have its mean and deviation', () => {
    const relu = through(normalEstimate(0, one(0), one(1)), (x) => Math.max(x, 0));
    expect(relu.mean[0]).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 2);
    expect(relu.deviation[0]).toBeCloseTo(Math.sqrt(0.5 - 1 / (2 * Math.PI)), 2);
    expect(rangeOf(relu)).toEqual({ min: 0, max: 6 });
  });

  it('of sums and products agree with drawn numbers', () => {
    const numbers = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: 0.1, max: 2, noNaN: true }), (m, n, deviation) => {
        const [a, b] = [normalEstimate(0, one(m), one(deviation)), normalEstimate(0, one(n), one(1))];
        const [z, w] = [normalNumbers(20_000, 1), normalNumbers(20_000, 2)];
        for (const operation of ['sum', 'product'] as const) {
          const drawn = z.map((each, i) => {
            const [x, y] = [m + deviation * each, n + w[i]!];
            return operation === 'sum' ? x + y : x * y;
          });
          const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
          const spread = Math.sqrt(drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / drawn.length);
          const found = combined(a, b, operation);
          expect(Math.abs(found.mean[0]! - mean)).toBeLessThan(0.15);
          expect(Math.abs(found.deviation[0]! / spread - 1)).toBeLessThan(0.1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('never leave the bounds of interval arithmetic', async () => {
    const w = Array.from(normalNumbers(64, 5));
    const model = modelOf({
      nodes: [node('Gemm', ['x', 'w'], ['h'], 'dense'), node('Relu', ['h'], ['y'], 'relu')],
      inputs: [floatInput('x', [1, 16])],
      outputs: [floatInput('y', [1, 4])],
      constants: { w: constant([16, 4], w) },
    });
    const options = parseSettings(quantize, ['dataFree=true', 'inputRange=-1,1']);
    const estimates = await estimatesOf(model, options);
    const { low, high } = estimates.get('h')!;
    for (let c = 0; c < 4; c++) {
      const reach = w.reduce((sum, each, i) => (i % 4 === c ? sum + Math.abs(each) : sum), 0);
      expect(high[c]).toBeLessThanOrEqual(reach + 1e-5);
      expect(low[c]).toBeGreaterThanOrEqual(-reach - 1e-5);
    }
    expect(estimates.get('y')!.low.every((each) => each === 0)).toBe(true);
  });

  it('find from the first BatchNormalization what the inputs of training were', async () => {
    const opened = await openModel(fixturePath('mobilenet-digits-bn.onnx'));
    const options = parseSettings(quantize, ['dataFree=true']);
    const { model } = await quantize.prepare(opened.model, options, work);
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 200 });
    const request = { ranges: [], distributions: new Map([['image', null]]) };
    const { distributions } = await collectActivationStatistics(runtime, model, request, dataset);
    const { mean, std } = distributions.get('image')!;
    const found = (await estimatesOf(model, options)).get('image')!;
    expect(Math.abs(found.mean[0]! - mean)).toBeLessThan(0.1);
    expect(found.deviation[0]! / std).toBeGreaterThan(0.7);
    expect(found.deviation[0]! / std).toBeLessThan(1.5);
    await opened.close();
  });

  it('are within a factor of 3 of what activations take, where training left statistics', async () => {
    const opened = await openModel(fixturePath('mobilenet-digits-bn.onnx'));
    const statistics = await trainingStatistics(opened.model);
    expect(statistics.channels.size).toBe(20);
    const estimates = await estimateValues(opened.model, statistics.channels, statistics.inputs);
    const values = [...statistics.channels.keys()];
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(opened.model), { limit: 100 });
    const { ranges } = await collectActivationStatistics(runtime, opened.model, { ranges: values }, dataset);
    for (const value of values) {
      const [found, real] = [rangeOf(estimates.get(value)!), ranges.get(value)!];
      const ratio = (found.max - found.min) / (real.max - real.min);
      expect(ratio).toBeGreaterThan(1 / 3);
      expect(ratio).toBeLessThan(3);
    }
    await opened.close();
  });
});

describe('quantization without data', () => {
  it.each([
    ['mobilenet-digits-bn', ['equalize=true', 'biasCorrection=true']],
    ['mobilenet-digits-unbalanced', ['equalize=true', 'absorbBias=true', 'biasCorrection=true', 'inputRange=0,1']],
    ['resnet-digits', ['inputRange=0,1']],
  ])('%s stays as accurate to 0.5 points, per tensor', async (name, settings) => {
    const opened = await openModel(fixturePath(`${name}.onnx`));
    const options = parseSettings(quantize, ['dataFree=true', 'perChannel=false', ...settings]);
    expect(quantize.needsData(options)).toBe(false);
    const { model } = await quantize.prepare(opened.model, options, work);
    const choices = preferredChoices(quantize.candidates(model, options, work.target));
    expect(quantize.statistics(model, choices, options)).toEqual({ ranges: [] });
    const applied = await quantize.apply({ model, choices, statistics: { ranges: new Map() }, options, ...work });
    expect(applied.notes.map(({ id }) => id)).toContain('compress.quantize.note.no-data');
    const before = await correctOn(runtime, opened.model, 'digits-test.npz');
    const after = await correctOn(runtime, applied.model, 'digits-test.npz');
    expect(before - after).toBeLessThanOrEqual(10);
    await opened.close();
  });

  it.each([
    [['scheme=dynamic'], 'compress.quantize.data-free-scheme'],
    [['calibration=percentile'], 'compress.quantize.data-free-calibration'],
    [['smoothQuant=true'], 'compress.quantize.data-free-smooth'],
    [['inputRange=1,0'], 'compress.quantize.input-range'],
    [['inputRange=1'], 'compress.quantize.input-range'],
    [['compat=onnxruntime'], 'compress.quantize.conditioning-exact'],
  ])('is refused together with %s', async (settings, code) => {
    const opened = await openModel(fixturePath('mobilenet-digits-bn.onnx'));
    const options = parseSettings(quantize, ['dataFree=true', ...settings]);
    await expect(quantize.prepare(opened.model, options, work)).rejects.toMatchObject({ code });
    await opened.close();
  });
});
