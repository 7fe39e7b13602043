import type { Laboratory } from '../../../../../src/compress/laboratory.js';
import type { Dataset } from '../../../../../src/data/dataset.js';
import type { Model } from '../../../../../src/graph/model.js';
import { laboratoryOn } from '../../../../../src/recipe/laboratory.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import type { Feeds, Runtime } from '../../../../../src/runtime/session.js';

/** The numbers of all outputs of a model, by name. */
export async function outputsOf(runtime: Runtime, model: Model, feeds: Feeds): Promise<Map<string, Float32Array>> {
  const session = await loadModel(runtime, model, { optimization: 'disabled' });
  const results = await session.run(feeds);
  await session.release();
  return new Map(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

/** The greatest difference over the greatest magnitude, of all outputs. */
export function difference(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): number {
  let worst = 0;
  for (const [name, expected] of a) {
    const found = b.get(name)!;
    const size = expected.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-6);
    for (const [i, each] of expected.entries()) worst = Math.max(worst, Math.abs(each - found[i]!) / size);
  }
  return worst;
}

export function decibels(expected: ArrayLike<number>, found: ArrayLike<number>): number {
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < expected.length; i++) {
    signal += expected[i]! ** 2;
    noise += (expected[i]! - found[i]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/** Whole feeds as samples. */
export function samplesOf(feeds: readonly Feeds[]): Dataset {
  const [first] = feeds;
  return {
    name: 'samples',
    sampleCount: feeds.length,
    inputs: Object.entries(first!).map(([name, { elementType, shape }]) => ({ name, elementType, sampleShape: shape })),
    stackable: false,
    warnings: [],
    read: ([sample = 0]) => Promise.resolve({ feeds: feeds[sample]!, samples: [sample] }),
  };
}

export function laboratoryWith(runtime: Runtime, feeds: readonly Feeds[]): Laboratory {
  return laboratoryOn(samplesOf(feeds), runtime, 'samples');
}
