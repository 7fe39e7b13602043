import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import { formatDecibels } from '../messages/units.js';
import type { EvaluationReport } from '../evaluate/evaluation.js';

/** Below this the error of an output has more than a tenth of its amplitude. */
const lowSqnr = 20;

/**
 * What to do about outputs that became others. Where labels tell the accuracy, that is what counts; numbers that mean nothing
 * (random inputs) are not judged.
 */
export function agreementNote({ model, agreement, data }: EvaluationReport): Message[] {
  if (!agreement || model.accuracy !== undefined || data === 'random') return [];
  const all = agreement.outputs ?? [{ name: '', sqnrDb: agreement.sqnrDb }];
  const worst = all.reduce((least, each) => (each.sqnrDb < least.sqnrDb ? each : least));
  if (!(worst.sqnrDb < lowSqnr)) return [];
  const sqnr = formatDecibels(worst.sqnrDb);
  return [
    worst.name === ''
      ? sentence('recipe.outputs-differ', { sqnr })
      : sentence('recipe.output-differs', { sqnr, output: worst.name }),
  ];
}
