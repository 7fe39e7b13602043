import type { Layer, LayerWeight } from '../graph/layers.js';
import type { MeasureOptions, TensorStatistics } from '../tensor/measure.js';
import { measure } from '../tensor/measure.js';
import { weightNumbers } from './weightNumbers.js';

/**
 * Measures a weight of a layer: a quantized one as the real numbers it stands for. Its channels are those of the
 * operator's output, or the first axis where the operator has none and the weight more than one axis. Rejects with the
 * reader's Failure where the bytes cannot be read.
 */
export function measureWeight(
  layer: Layer,
  weight: LayerWeight,
  options: Omit<MeasureOptions, 'axis'> = {},
): Promise<TensorStatistics> {
  return measure(weightNumbers(layer, weight), { ...options, axis: channelAxisOf(weight) });
}

/** Null also where the weight has not the rank that its operator asks for. */
export function channelAxisOf({ channelAxis, shape }: LayerWeight): number | null {
  const axis = channelAxis ?? (shape.length > 1 ? 0 : null);
  return axis === null || shape[axis] === undefined ? null : axis;
}
