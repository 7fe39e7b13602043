/** How well a model tells digits, and how far its classes are from those of the float model. */

export interface Quality {
  /** In 0..1. */
  readonly accuracy: number;
  /** Mean Kullback-Leibler divergence of the class distribution from the float model's, in nats. */
  readonly divergence: number;
}

/** Scores of the float model and of another, a row a sample. */
export function qualityOf(expected: Float32Array, found: Float32Array, labels: Int32Array): Quality {
  const classes = expected.length / labels.length;
  let [correct, divergence] = [0, 0];
  for (const [i, label] of labels.entries()) {
    const scores = found.subarray(i * classes, (i + 1) * classes);
    if (scores.indexOf(Math.max(...scores)) === label) correct++;
    divergence += kullbackLeibler(expected.subarray(i * classes, (i + 1) * classes), scores);
  }
  return { accuracy: correct / labels.length, divergence: divergence / labels.length };
}

function kullbackLeibler(expected: Float32Array, found: Float32Array): number {
  const [p, q] = [logSoftmax(expected), logSoftmax(found)];
  return p.reduce((sum, log, i) => sum + Math.exp(log) * (log - q[i]!), 0);
}

function logSoftmax(scores: Float32Array): Float64Array {
  const most = Math.max(...scores);
  const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
  return Float64Array.from(scores, (score) => score - most - total);
}
