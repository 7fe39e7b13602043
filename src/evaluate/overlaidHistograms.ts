import { countInto, emptyBins } from '../tensor/histogram.js';
import type { NumberSource } from '../tensor/measure.js';
import type { Moments } from '../tensor/statistics.js';
import { mergeMoments, momentsOf, noMoments } from '../tensor/statistics.js';
import { numbersOfWeight, type ReadWeight } from './weightError.js';

export interface OverlaidHistograms {
  /** Finite least and greatest value of all the weights together; both NaN where there is no finite value. */
  readonly min: number;
  readonly max: number;
  /** One array a weight, in their order: the counts of the same bins of equal width, as numpy.histogram has them. */
  readonly counts: readonly Float64Array[];
}

/**
 * Counts the real numbers of weights into bins that they have in common, so that their histograms can be laid over each
 * other. Each weight is read twice, in chunks.
 */
export async function overlaidHistograms(
  weights: readonly ReadWeight[],
  bins: number,
  signal?: AbortSignal,
): Promise<OverlaidHistograms> {
  const sources = weights.map(numbersOfWeight);
  let together = noMoments;
  for (const source of sources) together = mergeMoments(together, await momentsOfSource(source, signal));
  const { min, max } = together;
  if (!(min <= max)) return { min: NaN, max: NaN, counts: sources.map(() => new Float64Array(bins)) };
  const counts: Float64Array[] = [];
  for (const source of sources) {
    const counted = emptyBins(min, max, bins);
    for await (const chunk of source.chunks(signal)) {
      signal?.throwIfAborted();
      countInto(counted, chunk);
    }
    counts.push(counted.counts);
  }
  return { min, max, counts };
}

async function momentsOfSource(source: NumberSource, signal: AbortSignal | undefined): Promise<Moments> {
  let moments = noMoments;
  for await (const chunk of source.chunks(signal)) {
    signal?.throwIfAborted();
    moments = mergeMoments(moments, momentsOf(chunk));
  }
  return moments;
}
