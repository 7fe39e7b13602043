import type { Model } from '../../../graph/model.js';
import type { QuantizeOptions } from '../options.js';
import { adaRoundRounding } from './adaRoundRounding.js';
import { gptqRounding } from './gptqRounding.js';
import { halfQuadraticRounding } from './halfQuadraticRounding.js';
import { roundToNearest } from './nearest.js';
import type { RoundedWeights, Rounding, RoundingContext, RoundingTask } from './rounding.js';

const roundings: Readonly<Record<QuantizeOptions['rounding'], Rounding<QuantizeOptions> | undefined>> = {
  nearest: undefined,
  hqq: halfQuadraticRounding,
  gptq: gptqRounding,
  adaround: adaRoundRounding,
  reconstruct: adaRoundRounding,
};

/** The integers of all weights, by the rounding that the options ask for, and to the nearest what that does not treat. */
export async function roundWeights(
  model: Model,
  tasks: readonly RoundingTask[],
  options: QuantizeOptions,
  context: RoundingContext,
): Promise<RoundedWeights> {
  const { rounded } = context;
  if (rounded && tasks.every(({ weight }) => rounded.has(weight))) return { weights: rounded, notes: [] };
  const treated = await roundings[options.rounding]?.(model, tasks, options, context);
  const weights = new Map(treated?.weights);
  for (const task of tasks) if (!weights.has(task.weight)) weights.set(task.weight, roundToNearest(task));
  for (const [weight, own] of weights) rounded?.set(weight, own);
  return { weights, notes: treated?.notes ?? [] };
}
