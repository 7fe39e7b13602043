import type { MetricFigures } from '../evaluation.js';
import { pairedBootstrap } from '../pairedBootstrap.js';
import type { Quality } from '../quality.js';
import type { MetricCard } from './metricMessages.js';

/** The metric of the model, the last, held against that of the first where there are two. */
export function metricFigures({ name, betterIs }: MetricCard, qualities: readonly Quality[]): MetricFigures {
  const [first, second] = qualities.map(({ metric }) => metric!);
  if (!second) return { name, betterIs, model: first!.value };
  const scores = second.scores && first!.scores && { after: second.scores, before: first!.scores };
  const differences = scores && scores.after.map((score, i) => score - scores.before[i]!);
  return {
    name,
    betterIs,
    model: second.value,
    against: first!.value,
    difference: second.value - first!.value,
    interval: differences && pairedBootstrap(differences),
  };
}
