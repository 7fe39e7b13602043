import type { EvaluationReport } from '../evaluate/evaluation.js';

/**
 * Whether a limit on the loss of quality is kept, as far as the samples can tell: the upper end of the paired 95 % interval
 * of the loss must not be above it. Without labels the loss is the share of samples whose first class changed; with a metric
 * it is that of the metric. Null where no limit is stated or nothing tells the loss.
 *
 * @param maxDrop in points of accuracy (0.3 is 0.3 % of the samples), or in the unit of the metric
 */
export function isBudgetMet(maxDrop: number | null, report: EvaluationReport): boolean | null {
  if (maxDrop === null) return null;
  const lost = report.metric ? greatestLossOf(report.metric) : greatestLoss(report);
  return lost === null ? null : lost <= maxDrop;
}

/** In points. */
function greatestLoss({ accuracyChange, agreement }: EvaluationReport): number | null {
  if (accuracyChange) return -accuracyChange.interval[0] * 100;
  const top1 = agreement?.top1 ?? null;
  return top1 === null ? null : (1 - top1) * 100;
}

/** In its own unit; where samples are not scored each, the difference itself has to do. */
function greatestLossOf({ betterIs, difference, interval }: NonNullable<EvaluationReport['metric']>): number | null {
  if (difference === undefined) return null;
  const [low, high] = interval ?? [difference, difference];
  return betterIs === 'higher' ? -low : high;
}
