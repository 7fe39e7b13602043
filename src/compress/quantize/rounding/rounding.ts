/** Choosing a weight's integers: the nearest, or better ones. The same for every scheme that stores weights as integers. */
import type { Model } from '../../../graph/model.js';
import type { Node } from '../../../graph/node.js';
import type { Message } from '../../../messages/message.js';
import type { WorkContext } from '../../method.js';
import type { ValueParameters } from '../valueParameters.js';
import type { Codes } from '../weights.js';

export interface RoundingTask {
  /** An initializer of the model's main graph. */
  readonly weight: string;
  /** The nodes that will read it as integers. */
  readonly readers: readonly Node[];
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly parameters: ValueParameters;
  /** May zero points be numbers that are not whole? */
  readonly realZeroPoints?: boolean;
}

/** An element a code, not packed. Scales and zero points are those of the task, or better ones. */
export interface RoundedWeight {
  readonly codes: Codes;
  readonly parameters: ValueParameters;
}

export interface RoundedWeights {
  readonly weights: ReadonlyMap<string, RoundedWeight>;
  /** What was decided, and which weights were rounded to the nearest all the same, and why. */
  readonly notes: readonly Message[];
}

/**
 * `model` is the prepared one, in float, and the readers of tasks are nodes of it. Weights that a rounding does not treat
 * are not in the result: they are rounded to the nearest.
 */
export type Rounding<Options> = (
  model: Model,
  tasks: readonly RoundingTask[],
  options: Options,
  context: WorkContext,
) => Promise<RoundedWeights>;

/** Who rounds weights. */
export interface RoundingContext extends WorkContext {
  /**
   * What weights were rounded to, by initializer: those that are there are not rounded again, the others join them. For
   * results that are made a second time, of a model with other biases.
   */
  readonly rounded?: Map<string, RoundedWeight>;
}
