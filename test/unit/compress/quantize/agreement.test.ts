import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../../../src/data/dataset.js';
import { seededRandom } from '../../../../src/data/random.js';
import type { Model } from '../../../../src/graph/model.js';
import { validate } from '../../../../src/graph/validate.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../../src/runtime/activationStatistics.js';
import { loadModel } from '../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import type { Feeds, SessionOptions } from '../../../../src/runtime/session.js';
import { runnerPath } from '../../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const modelPath = (name: string) => resolve(import.meta.dirname, '../../../conformance/models', `${name}.onnx`);

interface Drawn {
  readonly elementType?: 'float32' | 'int32';
  readonly shape: readonly number[];
  readonly draw: (random: () => number) => number;
}

/** Some whole feeds. */
function samplesOf(inputs: Readonly<Record<string, Drawn>>): Dataset {
  const random = seededRandom(1);
  const feeds = Array.from({ length: 4 }, () =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { elementType = 'float32', shape, draw }]) => {
        const length = shape.reduce((product, size) => product * size, 1);
        const numbers = Array.from({ length }, () => draw(random));
        const data = elementType === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
        return [name, { elementType, shape, data }];
      }),
    ),
  );
  return {
    name: 'samples',
    sampleCount: feeds.length,
    inputs: Object.entries(inputs).map(([name, { elementType = 'float32', shape }]) => ({
      name,
      elementType,
      sampleShape: shape,
    })),
    stackable: false,
    warnings: [],
    read: ([sample = 0]) => Promise.resolve({ feeds: feeds[sample]!, samples: [sample] }),
  };
}

const within2 = (random: () => number) => random() * 4 - 2;
const below = (limit: number) => (random: () => number) => Math.floor(random() * limit);

const models: Record<string, Dataset> = {
  'image-families': samplesOf({ x: { shape: [1, 3, 8, 8], draw: within2 } }),
  'text-families': samplesOf({ ids: { shape: [2, 6], draw: below(11) } }),
  'corner-cases': samplesOf({ x: { shape: [1, 2, 2, 2], draw: within2 } }),
  'integer-families': samplesOf({ x: { shape: [1, 3, 6, 6], draw: within2 } }),
  recurrent: samplesOf({ x: { shape: [3, 2, 5], draw: within2 } }),
  transformer: samplesOf({
    ids: { elementType: 'int32', shape: [2, 4], draw: below(12) },
    segments: { elementType: 'int32', shape: [2, 4], draw: below(2) },
    mask: { elementType: 'int32', shape: [2, 4], draw: () => 1 },
  }),
};

/** A long chain of layers adds up more errors. */
const leastDecibels: Readonly<Record<string, number>> = { 'integer-families': 20 };

async function quantized(original: Model, dataset: Dataset, settings: readonly string[]): Promise<Model> {
  const options = parseSettings(quantize, settings);
  const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
  const { model } = await quantize.prepare(original, options, work);
  const choices = preferredChoices(quantize.candidates(model, options, work.target));
  const request = quantize.statistics(model, choices, options);
  const statistics = await collectActivationStatistics(runtime, model, request, dataset);
  return (await quantize.apply({ model, choices, statistics, options, ...work })).model;
}

async function run(model: Model, feeds: Feeds, options: SessionOptions) {
  const session = await loadModel(runtime, model, options);
  const results = await session.run(feeds);
  await session.release();
  return Object.entries(results).sort(([a], [b]) => a.localeCompare(b));
}

function decibels(expected: ArrayLike<number | bigint>, found: ArrayLike<number | bigint>): number {
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < expected.length; i++) {
    signal += Number(expected[i]) ** 2;
    noise += (Number(expected[i]) - Number(found[i])) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

describe.each(Object.entries(models))('%s, quantized, computes nearly what it did', (name, dataset) => {
  it.each(
    [
      [],
      ['activationType=int8'],
      ['reduceRange=false'],
      ['weightType=uint8'],
      ['perChannel=false'],
      ['symmetricActivations=true'],
      ['symmetricWeights=false', 'perChannel=false'],
      ['format=qoperator'],
      ['format=qoperator', 'activationType=int8'],
      ['format=qoperator', 'weightType=uint8'],
      ['format=qoperator', 'perChannel=false'],
      ['format=qoperator', 'symmetricActivations=true'],
      ['format=qoperator', 'weightCalibration=mse'],
      ['scheme=dynamic'],
      ['scheme=dynamic', 'weightType=uint8'],
      ['scheme=dynamic', 'perChannel=false'],
    ].map((settings) => [settings.join(' '), settings] as const),
  )('%s', async (_title, settings) => {
    const opened = await openModel(modelPath(name));
    const model = await quantized(opened.model, dataset, settings);
    validate(model);
    const { feeds } = await dataset.read([0]);
    const expected = await run(opened.model, feeds, { optimization: 'disabled' });
    // Fused kernels saturate on some processors where weights have 8 full bits.
    const levels = settings.includes('reduceRange=false') ? (['disabled'] as const) : (['disabled', 'all'] as const);
    for (const optimization of levels) {
      const found = await run(model, feeds, { optimization });
      for (const [i, [output, { data }]] of expected.entries()) {
        expect(decibels(data, found[i]![1].data), `${output}, ${optimization}`).toBeGreaterThan(
          leastDecibels[name] ?? 25,
        );
      }
    }
    await opened.close();
  });
});
