/** Ranges of onnxruntime's calibrators, as quantize_static runs them: all samples in one collect. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { CalibrationChoice } from '../../src/compress/quantize/calibration/activationRanges.js';
import { activationRanges, calibrationRequest } from '../../src/compress/quantize/calibration/activationRanges.js';
import { scaleRange } from '../../src/compress/quantize/integerRange.js';
import { quantizationParameters } from '../../src/compress/quantize/parameters.js';
import { modelInputs } from '../../src/data/modelInput.js';
import { openDataset } from '../../src/data/openDataset.js';
import { select } from '../../src/data/split.js';
import { openModel } from '../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../src/runtime/activationStatistics.js';
import { RangeAverages } from '../../src/runtime/rangeOutputs.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { countMagnitudes, magnitudeEdges, onnxruntimePercentile } from '../../src/tensor/magnitudeBins.js';
import { runnerPath } from '../unit/runnerPath.js';
import type { NumbersSpec } from './seededNumbers.js';
import { numbersOf } from './seededNumbers.js';

interface Settings {
  readonly symmetric?: boolean;
  readonly moving_average?: boolean;
  readonly percentile?: number;
  readonly num_bins?: number;
}

interface ArrayCase {
  readonly array: string;
  readonly collects: readonly (readonly NumbersSpec[])[];
  readonly method: 'minmax' | 'entropy' | 'percentile';
  readonly settings: Settings;
  readonly range: readonly [number, number];
  readonly bins: number;
  readonly edges: readonly [number, number];
  readonly counts: string;
}

interface ModelCase {
  readonly model: string;
  readonly samples: number;
  readonly method: ArrayCase['method'];
  readonly settings: Settings;
  readonly ranges: Record<string, readonly [number, number]>;
}

const root = resolve(import.meta.dirname, '../..');
const golden = JSON.parse(
  gunzipSync(readFileSync(resolve(import.meta.dirname, 'golden/calibrators.json.gz'))).toString(),
) as { readonly arrays: readonly ArrayCase[]; readonly models: readonly ModelCase[] };
const inOneCollect = golden.arrays.filter(({ collects }) => collects.length === 1);

function extremes(values: Iterable<number>): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return { min, max };
}

const bytesFact = (counts: Float64Array): string => {
  const bytes = Buffer.from(BigInt64Array.from(counts, BigInt).buffer);
  return `sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
};

describe('numpy.histogram of magnitudes, and the percentile of it', () => {
  const cases = inOneCollect.filter(({ method, settings }) => method === 'percentile' && settings.symmetric !== false);

  it.each(cases)('$array $settings', ({ collects: [samples], settings, range, bins, edges: ends, counts: fact }) => {
    const arrays = samples!.map(numbersOf);
    const magnitudes = extremes(arrays.flatMap((array) => [...array].map(Math.abs)));
    const edges = magnitudeEdges(magnitudes.min, magnitudes.max, settings.num_bins ?? 2048);
    const counts = new Float64Array(bins);
    for (const array of arrays) countMagnitudes(edges, counts, array);
    expect([edges[0], edges.at(-1)]).toEqual(ends);
    expect(bytesFact(counts)).toBe(fact);
    const whole = extremes(arrays.flatMap((array) => [...array]));
    const { min, max } = onnxruntimePercentile(edges, counts, settings.percentile ?? 99.999, whole);
    expect([min, max]).toEqual(range);
  });
});

it('entropy with the bins of quantize_static is the extremes', () => {
  const cases = inOneCollect.filter(
    ({ method, settings }) => method === 'entropy' && Object.keys(settings).length === 0,
  );
  expect(cases.length).toBeGreaterThan(5);
  for (const { collects, range } of cases) {
    const { min, max } = extremes(collects[0]!.flatMap((sample) => [...numbersOf(sample)]));
    expect([min, max]).toEqual(range);
  }
});

it('the moving average is the mean of the extremes of the samples', () => {
  const cases = inOneCollect.filter(
    ({ method, settings }) => method === 'minmax' && settings.moving_average && !settings.symmetric,
  );
  expect(cases.length).toBeGreaterThan(5);
  for (const { collects, range } of cases) {
    const averages = new RangeAverages(null);
    for (const sample of collects[0]!) {
      const { min, max } = extremes(numbersOf(sample));
      const tensor = (value: number) => ({ elementType: 'float32' as const, shape: [1], data: Float32Array.of(value) });
      averages.add([{ value: 'x', min: 'least', max: 'greatest' }], { least: tensor(min), greatest: tensor(max) });
    }
    const { min, max } = averages.range('x');
    expect(Math.abs(min - range[0])).toBeLessThanOrEqual(1e-6 * Math.abs(range[0]));
    expect(Math.abs(max - range[1])).toBeLessThanOrEqual(1e-6 * Math.abs(range[1]));
  }
});

describe('end to end from the same samples', () => {
  const runtime = createRuntime({ runnerPath });
  afterAll(() => runtime.close());
  const cases = golden.models.filter(({ settings }) => settings.symmetric !== false);

  it.each(cases)('$method of $model', async ({ model: path, samples, method, settings, ranges }) => {
    const { model, close } = await openModel(resolve(root, path));
    try {
      const data = resolve(root, 'media/sample/digits-calibration.npz');
      const dataset = select(
        await openDataset(data, modelInputs(model)),
        Array.from({ length: samples }, (_, i) => i),
      );
      const choice: CalibrationChoice = {
        calibration: settings.moving_average ? 'moving-average' : method,
        percentile: 99.999,
        averagingConstant: 0.01,
        compat: 'onnxruntime',
      };
      const values = Object.keys(ranges);
      const statistics = await collectActivationStatistics(runtime, model, calibrationRequest(values, choice), dataset);
      const integers = scaleRange('uint8', false, false);
      const parametersOf = (range: { min: number; max: number }) => quantizationParameters(range, integers, false);
      const found = activationRanges(statistics, choice, () => ({ integers, symmetric: false, parametersOf }));
      for (const [value, [min, max]] of Object.entries(ranges)) {
        const near = 1e-5 * Math.max(Math.abs(min), Math.abs(max));
        expect(Math.abs(found.get(value)!.min - min), value).toBeLessThanOrEqual(near);
        expect(Math.abs(found.get(value)!.max - max), value).toBeLessThanOrEqual(near);
      }
    } finally {
      await close();
    }
  });
});
