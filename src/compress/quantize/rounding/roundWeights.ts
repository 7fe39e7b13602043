import type { Model } from '../../../graph/model.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import { gptqRounding } from './gptqRounding.js';
import { roundToNearest } from './nearest.js';
import type { RoundedWeights, Rounding, RoundingTask } from './rounding.js';

const roundings: Readonly<Record<QuantizeOptions['rounding'], Rounding<QuantizeOptions> | undefined>> = {
  nearest: undefined,
  gptq: gptqRounding,
};

/** The integers of all weights, by the rounding that the options ask for, and to the nearest what that does not treat. */
export async function roundWeights(
  model: Model,
  tasks: readonly RoundingTask[],
  options: QuantizeOptions,
  context: WorkContext,
): Promise<RoundedWeights> {
  const treated = await roundings[options.rounding]?.(model, tasks, options, context);
  const weights = new Map(treated?.weights);
  for (const task of tasks) if (!weights.has(task.weight)) weights.set(task.weight, roundToNearest(task));
  return { weights, notes: treated?.notes ?? [] };
}
