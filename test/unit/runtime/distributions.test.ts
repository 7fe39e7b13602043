import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { carriedInputs } from '../../../src/data/carried.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { modelInputs } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import { layersOf } from '../../../src/graph/layers.js';
import type { Model } from '../../../src/graph/model.js';
import { openModel } from '../../../src/onnx/openModel.js';
import type { CollectOptions } from '../../../src/runtime/activationStatistics.js';
import { collectActivationStatistics } from '../../../src/runtime/activationStatistics.js';
import { modelValues } from '../../../src/runtime/observableValues.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { ActivationStatistics } from '../../../src/tensor/activationStatistics.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

interface Golden {
  readonly shape: readonly number[];
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly kurtosis: number | null;
  readonly zeros: number;
  readonly channels?: {
    readonly axis: number;
    readonly min: number[];
    readonly max: number[];
    readonly zeros: number[];
  };
  readonly histogram?: { readonly min: number; readonly max: number; readonly counts: number[] };
}

const golden = JSON.parse(readFileSync(fixturePath('runtime/activations.json'), 'utf8')) as {
  readonly avx512: boolean;
  readonly samples: number;
  readonly models: Record<string, Record<string, Golden>>;
  readonly vad: { readonly carrier: string; readonly values: Record<string, Golden> };
};

/** Kernels, and with them the last bits of sums, are chosen by the processor. */
const sameKernels =
  process.arch === 'x64' &&
  process.platform === 'linux' &&
  readFileSync('/proc/cpuinfo', 'latin1').includes('avx512f') === golden.avx512;

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const modelPath = (name: string) => (name === 'lenet-5' ? samplePath : fixturePath)(`${name}.onnx`);

const seenValues = (model: Model) =>
  modelValues(model, layersOf(model), inferShapes(model)).filter(({ missing }) => !missing);

async function distributionsOf(
  model: Model,
  dataset: Dataset,
  axisOf: (key: string) => number | null = () => null,
  options: CollectOptions = {},
) {
  const request = new Map(seenValues(model).map(({ key }) => [key, axisOf(key)]));
  return collectActivationStatistics(runtime, model, { ranges: [], distributions: request }, dataset, options);
}

/** Rounding of the model's own sums may move a number by so much of the greatest. */
const roundingOfKernels = 1e-5;

function expectGolden(name: string, found: ActivationStatistics | null | undefined, wanted: Golden): void {
  expect(found, name).toBeTruthy();
  const { count, min, max, mean, std, kurtosis, zeros, shape, channels, histogram } = found!;
  expect([name, shape, count]).toEqual([name, wanted.shape, wanted.count]);
  const scale = Math.max(Math.abs(wanted.min), Math.abs(wanted.max), 1e-30);
  if (sameKernels) expect([name, min, max, zeros]).toEqual([name, wanted.min, wanted.max, wanted.zeros]);
  const tolerance = (sameKernels ? 1e-12 : roundingOfKernels) * scale;
  for (const [figure, expected] of [
    [min, wanted.min],
    [max, wanted.max],
    [mean, wanted.mean],
    [std, wanted.std],
  ] as const) {
    expect(Math.abs(figure - expected), name).toBeLessThanOrEqual(tolerance);
  }
  if (wanted.kurtosis !== null && sameKernels) expect(kurtosis).toBeCloseTo(wanted.kurtosis, 6);
  if (wanted.channels) {
    expect(channels?.axis).toBe(wanted.channels.axis);
    const exactly = (actual: Float64Array, expected: number[]) =>
      sameKernels
        ? expect([name, ...actual]).toEqual([name, ...expected.map((each) => each + 0)])
        : expect(actual).toHaveLength(expected.length);
    exactly(channels!.min, wanted.channels.min);
    exactly(channels!.max, wanted.channels.max);
    exactly(channels!.zeros, wanted.channels.zeros);
  }
  if (wanted.histogram && sameKernels) {
    expect({ ...histogram, counts: [...histogram.counts] }).toEqual(wanted.histogram);
  }
}

describe('distributions are those that numpy finds on the captured tensors', () => {
  it.each(Object.keys(golden.models))('%s', async (name) => {
    const opened = await openModel(modelPath(name));
    const { model } = opened;
    const wanted = golden.models[name]!;
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), {
      limit: golden.samples,
    });
    const { distributions, passes } = await distributionsOf(
      model,
      dataset,
      (key) => wanted[key]?.channels?.axis ?? null,
    );
    await opened.close();
    expect(passes).toBe(1);
    for (const [value, each] of Object.entries(wanted)) expectGolden(value, distributions.get(value), each);
    expect([...distributions.keys()].filter((key) => key !== 'image').sort()).toEqual(Object.keys(wanted).sort());
  });

  it('Silero VAD, inside its Ifs and with its state carried', async () => {
    const opened = await openModel(vadPath('silero_vad_v5.onnx'));
    const { model } = opened;
    const carried = carriedInputs(model);
    const dataset = await openDataset(fixturePath('runtime/vad-sound.npz'), modelInputs(model), { carried });
    expect(carried.map(({ input, output }) => [input, output])).toEqual([['state', 'stateN']]);
    const prefix = `${golden.vad.carrier}/then_branch/`;
    const wanted = golden.vad.values;
    const { distributions } = await distributionsOf(
      model,
      dataset,
      (key) => wanted[key.slice(prefix.length)]?.channels?.axis ?? null,
      { carried },
    );
    const split = await distributionsOf(model, dataset, () => null, { carried, budgetBytes: 40_000 });
    await opened.close();
    for (const [value, each] of Object.entries(wanted)) {
      expectGolden(value, distributions.get(prefix + value), each);
      expect(split.distributions.get(prefix + value)!.histogram).toEqual(distributions.get(prefix + value)!.histogram);
    }
    expect(split.passes).toBeGreaterThan(1);
    const notTaken = [...distributions].filter(([key]) => key.includes('else_branch') && !key.startsWith(prefix));
    expect(notTaken.length).toBeGreaterThan(50);
    expect(notTaken.every(([, statistics]) => statistics === null)).toBe(true);
  });
});

describe('the capture', () => {
  it('gives the same to the bit in many passes as in one, and the ranges that calibration measures', async () => {
    const opened = await openModel(fixturePath('mobilenet-digits-bn.onnx'));
    const { model } = opened;
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 20 });
    const axis = () => 1;
    const once = await distributionsOf(model, dataset, axis);
    const values = [...once.distributions.keys()];
    const split = await distributionsOf(model, dataset, axis, { budgetBytes: 300_000 });
    const { ranges } = await collectActivationStatistics(runtime, model, { ranges: values }, dataset);
    await opened.close();
    expect(once.passes).toBe(1);
    expect(split.passes).toBeGreaterThan(3);
    expect(split.distributions).toEqual(once.distributions);
    for (const [value, { min, max }] of ranges) {
      expect([value, once.distributions.get(value)!.min + 0, once.distributions.get(value)!.max]).toEqual([
        value,
        min + 0,
        max,
      ]);
    }
  });

  it('tells ranges by part, which together are those of all', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const { model } = opened;
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 12 });
    const { distributions } = await distributionsOf(model, dataset, undefined, {
      parts: { count: 2, of: (sample) => (sample < 5 ? 0 : 1) },
    });
    const first = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 5 });
    const { ranges } = await collectActivationStatistics(runtime, model, { ranges: [...distributions.keys()] }, first);
    await opened.close();
    for (const [value, statistics] of distributions) {
      const [fit, rest] = statistics!.parts;
      expect([value, fit]).toEqual([value, ranges.get(value)]);
      expect(Math.max(fit!.max, rest!.max)).toBe(statistics!.max);
      expect(Math.min(fit!.min, rest!.min)).toBe(statistics!.min);
    }
  });

  it('needs no more memory for many samples than for few', async () => {
    const opened = await openModel(fixturePath('mobilenet-digits.onnx'));
    const { model } = opened;
    const inputs = modelInputs(model);
    const peakAfter = async (limit: number) => {
      const own = createRuntime({ runnerPath });
      const dataset = await openDataset(samplePath('digits-test.npz'), inputs, { limit });
      let peak = 0;
      const request = new Map(seenValues(model).map(({ key }) => [key, 1]));
      await collectActivationStatistics(own, model, { ranges: [], distributions: request }, dataset, {
        onProgress: () => {
          for (const pid of own.runnerPids()) peak = Math.max(peak, peakResidentBytes(pid));
        },
      });
      await own.close();
      return peak;
    };
    const few = await peakAfter(100);
    const many = await peakAfter(2000);
    await opened.close();
    // All tensors of the 1,900 samples more would be some 900 MB.
    expect(many - few).toBeLessThan(60 << 20);
  });

  it.runIf(process.platform === 'linux')('of PP-OCR at 640 x 640 stays within the budget', async () => {
    const opened = await openModel(ocrPath('ch_PP-OCRv4_det_infer.onnx'));
    const { model } = opened;
    const dataset = await openDataset('random', modelInputs(model), { limit: 1, shapes: { x: [1, 3, 640, 640] } });
    const own = createRuntime({ runnerPath });
    let peak = 0;
    const request = new Map(seenValues(model).map(({ key }) => [key, 1]));
    const { distributions, passes } = await collectActivationStatistics(
      own,
      model,
      { ranges: [], distributions: request },
      dataset,
      {
        budgetBytes: 256 << 20,
        onProgress: () => {
          for (const pid of own.runnerPids()) peak = Math.max(peak, peakResidentBytes(pid));
        },
      },
    );
    await own.close();
    await opened.close();
    expect(passes).toBeGreaterThan(4);
    expect([...distributions.values()].every((each) => each !== null)).toBe(true);
    // Beside the captured tensors: the process, onnxruntime, and what the model itself needs to run.
    expect(peak).toBeLessThan((256 + 400) << 20);
  });
});

function peakResidentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
