import type { Dataset } from './dataset.js';
import { shuffledIndices } from './random.js';

/** The samples of a data set at these indices, in this order. */
export function select(dataset: Dataset, indices: readonly number[]): Dataset {
  const { labels, expected } = dataset;
  return {
    ...dataset,
    sampleCount: indices.length,
    labels: labels && Int32Array.from(indices, (index) => labels[index]!),
    expected: expected && ((sample) => expected(indices[sample]!)),
    async read(samples) {
      const { feeds } = await dataset.read(samples.map((sample) => indices[sample]!));
      return { feeds, samples };
    },
  };
}

/** The share of a set given for calibration that ranges, Hessians and sensitivities are fitted on. */
const FIT_SHARE = 0.6;

/**
 * Splits a calibration set by seed into what is fitted on (60 %) and what decisions are made on (the rest), each in the
 * order of the set. A lone sample serves both uses.
 */
export function splitDataset(dataset: Dataset, seed: number): { fit: Dataset; validate: Dataset } {
  const { sampleCount } = dataset;
  if (sampleCount < 2) return { fit: dataset, validate: dataset };
  const shuffled = shuffledIndices(sampleCount, seed);
  const fitCount = Math.min(sampleCount - 1, Math.max(1, Math.round(sampleCount * FIT_SHARE)));
  const inOrder = (indices: number[]) => indices.sort((a, b) => a - b);
  return {
    fit: select(dataset, inOrder(shuffled.slice(0, fitCount))),
    validate: select(dataset, inOrder(shuffled.slice(fitCount))),
  };
}
