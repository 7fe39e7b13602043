import type { AccuracyChange } from './evaluation.js';

/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054;

/**
 * The difference of the accuracies of two models on the same samples, second less first, and its 95 % interval. With b
 * samples won and c lost of n, the interval is Bonett and Price's adjusted Wald interval for paired proportions:
 * p = (b + 1) / (n + 2), q = (c + 1) / (n + 2), (p - q) ± z sqrt((p + q - (p - q)²) / (n + 2)). (D. G. Bonett and
 * R. M. Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data",
 * Journal of Educational and Behavioral Statistics 37(4), 2012, equation 3.) It does not collapse where no sample changed.
 */
export function accuracyChange(first: ArrayLike<number>, second: ArrayLike<number>): AccuracyChange {
  const n = first.length;
  let wonSamples = 0;
  let lostSamples = 0;
  for (let i = 0; i < n; i++) {
    if (!first[i] && second[i]) wonSamples++;
    if (first[i] && !second[i]) lostSamples++;
  }
  const won = (wonSamples + 1) / (n + 2);
  const lost = (lostSamples + 1) / (n + 2);
  const halfWidth = Z * Math.sqrt((won + lost - (won - lost) ** 2) / (n + 2));
  return {
    difference: (wonSamples - lostSamples) / n,
    interval: [Math.max(-1, won - lost - halfWidth), Math.min(1, won - lost + halfWidth)],
    wonSamples,
    lostSamples,
  };
}
