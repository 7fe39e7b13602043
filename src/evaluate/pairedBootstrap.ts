import { seededRandom } from '../data/random.js';

const RESAMPLES = 2000;

/**
 * The 95 % interval of the mean of paired differences: the percentile bootstrap over the samples (B. Efron and
 * R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13), 2,000 resamples by a seed.
 */
export function pairedBootstrap(differences: ArrayLike<number>, seed = 0): [low: number, high: number] {
  const n = differences.length;
  const random = seededRandom(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[Math.floor(random() * n)]!;
    return sum / n;
  }).sort();
  return [means[Math.floor(0.025 * RESAMPLES)]!, means[Math.ceil(0.975 * RESAMPLES) - 1]!];
}
