import { roundHalfToEven } from '../parameters.js';
import { scaleLayout } from '../scaleLayout.js';
import type { ProductLayer } from './productLayer.js';
import { toRows } from './productLayer.js';
import type { RoundingTask } from './rounding.js';

/** The grid of each element of a weight, in the order of rows: real = step x scale, steps from `low` to `high`. */
export interface RowGrid {
  readonly scales: Float32Array;
  readonly zeroPoints: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** `low` and `high` are the limits of the integers less the zero point. */
export function rowGrid(layer: ProductLayer, { shape, parameters }: RoundingTask): RowGrid {
  const { scales, zeroPoints, integers } = parameters;
  const layout = scaleLayout(shape, parameters);
  const count = layer.groups * layer.outputs * layer.inputs;
  const scaleOf = new Float32Array(count);
  const zeroPointOf = new Float32Array(count);
  layout.forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end; at++, s += step) {
      scaleOf[at] = scales[s]!;
      zeroPointOf[at] = zeroPoints[s]!;
    }
  });
  const zeros = toRows(layer, zeroPointOf);
  return {
    scales: toRows(layer, scaleOf),
    zeroPoints: zeros,
    low: zeros.map((zero) => integers.min - zero),
    high: zeros.map((zero) => integers.max - zero),
  };
}

/** The number of the scale of each element, in the order of rows. */
export function scaleNumbers(layer: ProductLayer, { shape, parameters }: RoundingTask): Int32Array {
  const layout = scaleLayout(shape, parameters);
  const count = layer.groups * layer.outputs * layer.inputs;
  const numbers = new Float64Array(count);
  layout.forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end; at++, s += step) numbers[at] = s;
  });
  return Int32Array.from(toRows(layer, numbers));
}

/** The step nearest to the number at `at`, as QuantizeLinear rounds. */
export function nearestStep({ scales, low, high }: RowGrid, at: number, value: number): number {
  return Math.min(Math.max(roundHalfToEven(Math.fround(value / scales[at]!)), low[at]!), high[at]!);
}

/** Writes the steps nearest to the rows' elements from `first` to `end`. */
export function writeNearest(
  rows: Float32Array,
  grid: RowGrid,
  steps: Float32Array,
  first = 0,
  end = rows.length,
): void {
  for (let at = first; at < end; at++) steps[at] = nearestStep(grid, at, rows[at]!);
}
