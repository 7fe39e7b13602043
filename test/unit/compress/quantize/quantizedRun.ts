/** Quantizing a model on samples, and running both. */
import { preferredChoices } from '../../../../src/compress/method.js';
import type { Applied, Candidates } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import type { Dataset } from '../../../../src/data/dataset.js';
import type { Model } from '../../../../src/graph/model.js';
import { validate } from '../../../../src/graph/validate.js';
import { collectActivationStatistics } from '../../../../src/runtime/activationStatistics.js';
import { loadModel } from '../../../../src/runtime/loadModel.js';
import type { Feeds, Runtime } from '../../../../src/runtime/session.js';

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

/** A data set of whole feeds. */
export function datasetOf(feeds: readonly Feeds[]): Dataset {
  const [first = {}] = feeds;
  return {
    name: 'samples',
    sampleCount: feeds.length,
    inputs: Object.entries(first).map(([name, { elementType, shape }]) => ({ name, elementType, sampleShape: shape })),
    stackable: false,
    warnings: [],
    read: ([sample = 0]) => Promise.resolve({ feeds: feeds[sample]!, samples: [sample] }),
  };
}

export async function quantizedOn(
  runtime: Runtime,
  original: Model,
  dataset: Dataset,
  settings: readonly string[] = [],
): Promise<Applied & { readonly candidates: Candidates }> {
  const options = parseSettings(quantize, settings);
  const { model } = await quantize.prepare(original, options, work);
  const candidates = quantize.candidates(model, options, work.target);
  const choices = preferredChoices(candidates);
  const request = quantize.statistics(model, choices, options);
  const statistics = await collectActivationStatistics(runtime, model, request, dataset);
  const applied = await quantize.apply({ model, choices, statistics, options, ...work });
  validate(applied.model);
  return { ...applied, candidates };
}

/** The signal of an output over all samples by what the second model changes of it, in decibels. */
export async function agreement(
  runtime: Runtime,
  models: readonly [Model, Model],
  feeds: readonly Feeds[],
  output: string,
): Promise<number> {
  const sessions = await Promise.all(models.map((model) => loadModel(runtime, model, {})));
  let signal = 0;
  let noise = 0;
  for (const each of feeds) {
    const [expected, found] = await Promise.all(sessions.map((session) => session.run(each)));
    const data = expected![output]!.data;
    for (let i = 0; i < data.length; i++) {
      signal += Number(data[i]) ** 2;
      noise += (Number(data[i]) - Number(found![output]!.data[i])) ** 2;
    }
  }
  for (const session of sessions) await session.release();
  return 10 * Math.log10(signal / noise);
}
