/**
 * GPTQ (Frantar et al. 2022, algorithm 1): elements of a row are rounded one after the other, and each error is made up
 * for by those still to come, as the second moments of the inputs tell. Written as the nearest plane algorithm on the
 * Cholesky factor of the second moments, which gives the same integers without an inverse (Chen et al. 2025, The Geometry
 * of LLM Quantization: GPTQ as Babai's Nearest Plane Algorithm).
 */
import { setImmediate } from 'node:timers/promises';
import { cholesky } from './cholesky.js';
import type { RoundingErrors } from './errorShares.js';
import type { RowGrid } from './grid.js';
import { nearestStep, writeNearest } from './grid.js';

export interface GptqOptions {
  /** Added to the diagonal, as a share of its mean. */
  readonly damping: number;
  /** Rounds the inputs of greatest second moment first. */
  readonly byActivity: boolean;
}

/** The elements of `rows` [rows, inputs] from `first` on that belong to one group. */
export interface GroupRows {
  readonly first: number;
  readonly count: number;
  readonly inputs: number;
}

/**
 * Rounds the rows of a group: writes steps (integers less the zero point) into `steps`. `moments` [inputs, inputs] is the
 * group's second moment, which is spoilt. Rows that come out no better than the nearest integers by the second moment keep
 * those. Answers e^T H e of all rows, H damped; undefined where the inputs say nothing (they are 0 always): all rows are then
 * rounded to the nearest.
 */
export async function gptq(
  rows: Float32Array,
  steps: Float32Array,
  grid: RowGrid,
  { first, count, inputs }: GroupRows,
  moments: Float64Array,
  { damping, byActivity }: GptqOptions,
  signal?: AbortSignal,
): Promise<RoundingErrors | undefined> {
  const order = processingOrder(moments, inputs, byActivity);
  const factor = await dampedFactor(moments, inputs, order, damping, signal);
  if (!factor) {
    writeNearest(rows, grid, steps, first * inputs, (first + count) * inputs);
    return undefined;
  }
  const sums = { found: 0, nearest: 0 };
  const tile = 16;
  const errors = new Float64Array(tile * inputs);
  for (let start = first; start < first + count; start += tile) {
    const end = Math.min(start + tile, first + count);
    const losses = roundTile(rows, steps, grid, { start, end, inputs }, factor, order, errors);
    const { found, nearest } = keepBetter(rows, steps, grid, { start, end, inputs }, factor, order, losses);
    sums.found += found;
    sums.nearest += nearest;
    if ((end - start) * inputs * inputs > 1e6) await setImmediate();
    signal?.throwIfAborted();
  }
  return sums;
}

/** The input that is at each place of the factor; those at the end are rounded first. */
function processingOrder(moments: Float64Array, inputs: number, byActivity: boolean): Uint32Array {
  const order = Uint32Array.from({ length: inputs }, (_, i) => inputs - 1 - i);
  const activity = (input: number) => moments[input * inputs + input]!;
  if (byActivity) order.sort((a, b) => activity(a) - activity(b) || b - a);
  return order;
}

/** U with U^T U = the ordered, damped second moments. Inputs that never were anything but 0 stand by themselves. */
async function dampedFactor(
  moments: Float64Array,
  inputs: number,
  order: Uint32Array,
  damping: number,
  signal?: AbortSignal,
): Promise<Float64Array | undefined> {
  let mean = 0;
  for (let i = 0; i < inputs; i++) mean += moments[i * inputs + i]! / inputs;
  if (!(mean > 0) || !Number.isFinite(mean)) return undefined;
  const factor = new Float64Array(inputs * inputs);
  for (let added = Math.max(damping, 1e-9) * mean; added <= 10 * mean; added *= 10) {
    for (let i = 0; i < inputs; i++) {
      const row = order[i]! * inputs;
      for (let j = i; j < inputs; j++) factor[i * inputs + j] = moments[row + order[j]!]!;
      factor[i * inputs + i]! += added;
    }
    if (await cholesky(factor, inputs, signal)) return factor;
  }
  return undefined;
}

interface Tile {
  readonly start: number;
  readonly end: number;
  readonly inputs: number;
}

/** Answers e^T H e of each row, e being what its elements are off by; `errors` is room for these, in the factor's order. */
function roundTile(
  rows: Float32Array,
  steps: Float32Array,
  grid: RowGrid,
  { start, end, inputs }: Tile,
  factor: Float64Array,
  order: Uint32Array,
  errors: Float64Array,
): Float64Array {
  const losses = new Float64Array(end - start);
  for (let place = inputs - 1; place >= 0; place--) {
    const diagonal = factor[place * inputs + place]!;
    for (let row = start; row < end; row++) {
      const at = row * inputs + order[place]!;
      const base = (row - start) * inputs;
      const carried = dot(factor, place * inputs, errors, base, place + 1, inputs);
      const step = nearestStep(grid, at, rows[at]! - carried / diagonal);
      const error = step * grid.scales[at]! - rows[at]!;
      steps[at] = step;
      errors[base + place] = error;
      losses[row - start]! += (diagonal * error + carried) ** 2;
    }
  }
  return losses;
}

/** Puts the nearest integers back into rows that are not better by the second moment. */
function keepBetter(
  rows: Float32Array,
  steps: Float32Array,
  grid: RowGrid,
  { start, end, inputs }: Tile,
  factor: Float64Array,
  order: Uint32Array,
  losses: Float64Array,
): RoundingErrors {
  const sums = { found: 0, nearest: 0 };
  const nearest = new Float32Array(inputs);
  const errors = new Float64Array(inputs);
  for (let row = start; row < end; row++) {
    let loss = 0;
    for (let place = inputs - 1; place >= 0; place--) {
      const input = order[place]!;
      const at = row * inputs + input;
      nearest[input] = nearestStep(grid, at, rows[at]!);
      errors[place] = nearest[input]! * grid.scales[at]! - rows[at]!;
      loss += dot(factor, place * inputs, errors, 0, place, inputs) ** 2;
    }
    if (loss <= losses[row - start]!) steps.set(nearest, row * inputs);
    sums.found += Math.min(loss, losses[row - start]!);
    sums.nearest += loss;
  }
  return sums;
}

function dot(a: Float64Array, aBase: number, b: Float64Array, bBase: number, from: number, to: number): number {
  let [p, q, r, s] = [0, 0, 0, 0];
  let i = from;
  for (; i + 4 <= to; i += 4) {
    p += a[aBase + i]! * b[bBase + i]!;
    q += a[aBase + i + 1]! * b[bBase + i + 1]!;
    r += a[aBase + i + 2]! * b[bBase + i + 2]!;
    s += a[aBase + i + 3]! * b[bBase + i + 3]!;
  }
  for (; i < to; i++) p += a[aBase + i]! * b[bBase + i]!;
  return p + q + r + s;
}
