import type { Layer, LayerWeight } from '../graph/layers.js';
import type { MeasureOptions, TensorStatistics } from '../tensor/measure.js';
import { measure } from '../tensor/measure.js';
import type { StatisticsPool } from './statisticsPool.js';
import { weightNumbers } from './weightNumbers.js';
import { weightSource } from './weightSource.js';

export interface WeightOptions extends Pick<MeasureOptions, 'signal' | 'onProgress'> {
  /** Measures what is worth a thread; without one all is measured here. */
  readonly pool?: StatisticsPool;
}

/** Smaller weights are measured here sooner than a worker could be told of them. */
export const leastPoolElements = 1 << 13;

/**
 * Measures a weight of a layer: a quantized one as the real numbers it stands for. Its channels are those of the
 * operator's output, or the first axis where the operator has none and the weight more than one axis. Rejects with the
 * reader's Failure where the bytes cannot be read.
 */
export async function measureWeight(
  layer: Layer,
  weight: LayerWeight,
  { pool, signal, onProgress }: WeightOptions = {},
): Promise<TensorStatistics> {
  signal?.throwIfAborted();
  const axis = channelAxisOf(weight);
  const measureHere = () => measure(weightNumbers(layer, weight), { axis, signal, onProgress });
  if (!pool || weight.elements < leastPoolElements) return measureHere();
  const source = await weightSource(layer, weight);
  return source ? pool.measure(source, { axis, signal, onProgress }) : pool.alone(measureHere);
}

/** Null also where the weight has not the rank that its operator asks for. */
export function channelAxisOf({ channelAxis, shape }: LayerWeight): number | null {
  const axis = channelAxis ?? (shape.length > 1 ? 0 : null);
  return axis === null || shape[axis] === undefined ? null : axis;
}
