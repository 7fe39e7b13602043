import { withCarried } from './carriedState.js';
import type { Dataset } from './dataset.js';
import { shuffledIndices } from './random.js';

/**
 * The samples of a data set at these indices, in this order. Where state is carried, a sample that does not follow its
 * predecessor begins a sequence: what the run before left is not its state.
 */
export function select(dataset: Dataset, indices: readonly number[]): Dataset {
  const { labels, expected, startsSequence, carried } = dataset;
  const follows = (sample: number) => sample > 0 && indices[sample] === indices[sample - 1]! + 1;
  const chosen: Dataset = {
    ...dataset,
    sampleCount: indices.length,
    labels: labels && Int32Array.from(indices, (index) => labels[index]!),
    expected: expected && ((sample) => expected(indices[sample]!)),
    startsSequence: startsSequence && ((sample) => !follows(sample) || startsSequence(indices[sample]!)),
    async read(samples) {
      const { feeds } = await dataset.read(samples.map((sample) => indices[sample]!));
      return { feeds, samples };
    },
  };
  return withCarried(chosen, carried ?? []);
}

/** The share of a set given for calibration that ranges, Hessians and sensitivities are fitted on. */
const FIT_SHARE = 0.6;

/**
 * Splits a calibration set by seed into what is fitted on (60 %) and what decisions are made on (the rest), each in the
 * order of the set. Where state is carried, whole sequences are drawn, and a lone one is cut at 60 %. A lone sample serves
 * both uses.
 */
export function splitDataset(dataset: Dataset, seed: number): { fit: Dataset; validate: Dataset } {
  const { sampleCount } = dataset;
  if (sampleCount < 2) return { fit: dataset, validate: dataset };
  const shuffled = dataset.carried ? shuffledSequences(dataset, seed) : shuffledIndices(sampleCount, seed);
  const fitCount = Math.min(sampleCount - 1, Math.max(1, Math.round(sampleCount * FIT_SHARE)));
  const inOrder = (indices: number[]) => indices.sort((a, b) => a - b);
  return {
    fit: select(dataset, inOrder(shuffled.slice(0, fitCount))),
    validate: select(dataset, inOrder(shuffled.slice(fitCount))),
  };
}

/** All samples, sequence by sequence, in an order of these that the seed gives. */
function shuffledSequences({ sampleCount, startsSequence }: Dataset, seed: number): number[] {
  const sequences: number[][] = [];
  for (let sample = 0; sample < sampleCount; sample++) {
    if (sample === 0 || startsSequence?.(sample)) sequences.push([]);
    sequences.at(-1)!.push(sample);
  }
  return shuffledIndices(sequences.length, seed).flatMap((i) => sequences[i]!);
}
