/** What ../compiledKernels.ts calls: the kernels for float32 and for float64. Addresses are those of the module's memory. */
import { momentsByRun, widenRows, widenRuns } from './channels';
import { countBySearch, countRegular, countRegular32, countRegularInside32 } from './histogram';
import { addMoments } from './moments';
import { sketchRow, sketchRows, sketchRuns } from './sketches';

export { countWhole32 } from './histogram';
export { lookUpBytes, lookUpFours, lookUpPairs, lookUpWords, scaleEach, scaleRuns } from './decoding';
export { pivotRows, product32, product64, rowProducts, subtractDirection } from './products';
export { nextAlike } from './sketches';

export function moments32(start: usize, length: i32, state: usize): void {
  addMoments<f32>(start, length, state);
}

export function moments64(start: usize, length: i32, state: usize): void {
  addMoments<f64>(start, length, state);
}

export function momentsByRun32(
  start: usize,
  length: i32,
  state: usize,
  lows: usize,
  highs: usize,
  channels: i32,
  firstChannel: i32,
  run: i32,
  leftOfRun: i32,
): void {
  momentsByRun<f32>(start, length, state, lows, highs, channels, firstChannel, run, leftOfRun);
}

export function momentsByRun64(
  start: usize,
  length: i32,
  state: usize,
  lows: usize,
  highs: usize,
  channels: i32,
  firstChannel: i32,
  run: i32,
  leftOfRun: i32,
): void {
  momentsByRun<f64>(start, length, state, lows, highs, channels, firstChannel, run, leftOfRun);
}

export function widenRuns32(
  start: usize,
  length: i32,
  lows: usize,
  highs: usize,
  channels: i32,
  firstChannel: i32,
  run: i32,
  leftOfRun: i32,
  finite: i32,
): void {
  widenRuns<f32>(start, length, lows, highs, channels, firstChannel, run, leftOfRun, finite != 0);
}

export function widenRuns64(
  start: usize,
  length: i32,
  lows: usize,
  highs: usize,
  channels: i32,
  firstChannel: i32,
  run: i32,
  leftOfRun: i32,
  finite: i32,
): void {
  widenRuns<f64>(start, length, lows, highs, channels, firstChannel, run, leftOfRun, finite != 0);
}

export function widenRows32(start: usize, rows: i32, lows: usize, highs: usize, channels: i32): void {
  widenRows<f32>(start, rows, lows, highs, channels);
}

export function widenRows64(start: usize, rows: i32, lows: usize, highs: usize, channels: i32): void {
  widenRows<f64>(start, rows, lows, highs, channels);
}

/**
 * By float32 where its roundings allow: `nearFloat32` is then not 0. `inside`: all numbers lie between the bounds; the
 * counts of others would go anywhere.
 */
export function count32(
  start: usize,
  length: i32,
  low: f64,
  high: f64,
  perUnit: f64,
  nearFloat32: f32,
  nearFloat64: f64,
  bins: i32,
  edges: usize,
  counts: usize,
  inside: i32,
): void {
  if (perUnit == 0) countBySearch<f32>(start, length, low, high, bins, edges, counts);
  else if (nearFloat32 == 0) countRegular<f32>(start, length, low, high, perUnit, nearFloat64, bins, edges, counts);
  else if (inside)
    countRegularInside32(start, length, low, high, perUnit, nearFloat32, nearFloat64, bins, edges, counts);
  else countRegular32(start, length, low, high, perUnit, nearFloat32, nearFloat64, bins, edges, counts);
}

/** `perUnit` is 0 where the width of a bin is no ordinary number. */
export function count64(
  start: usize,
  length: i32,
  low: f64,
  high: f64,
  perUnit: f64,
  nearFloat64: f64,
  bins: i32,
  edges: usize,
  counts: usize,
): void {
  if (perUnit == 0) countBySearch<f64>(start, length, low, high, bins, edges, counts);
  else countRegular<f64>(start, length, low, high, perUnit, nearFloat64, bins, edges, counts);
}

export function sketchRuns32(
  start: usize,
  length: i32,
  sums: usize,
  buckets: usize,
  signs: usize,
  channels: i32,
  run: i32,
  channel: i32,
  inRun: i32,
  outer: i32,
  fourSums: usize,
): void {
  sketchRuns<f32>(start, length, sums, buckets, signs, channels, run, channel, inRun, outer, fourSums);
}

export function sketchRuns64(
  start: usize,
  length: i32,
  sums: usize,
  buckets: usize,
  signs: usize,
  channels: i32,
  run: i32,
  channel: i32,
  inRun: i32,
  outer: i32,
  fourSums: usize,
): void {
  sketchRuns<f64>(start, length, sums, buckets, signs, channels, run, channel, inRun, outer, fourSums);
}

export function sketchRows32(
  start: usize,
  length: i32,
  sums: usize,
  buckets: usize,
  signs: usize,
  channels: i32,
  channel: i32,
  outer: i32,
): void {
  sketchRows<f32>(start, length, sums, buckets, signs, channels, channel, outer);
}

export function sketchRows64(
  start: usize,
  length: i32,
  sums: usize,
  buckets: usize,
  signs: usize,
  channels: i32,
  channel: i32,
  outer: i32,
): void {
  sketchRows<f64>(start, length, sums, buckets, signs, channels, channel, outer);
}

export function sketchRow32(start: usize, length: i32, buckets: usize, signs: usize, sums: usize): void {
  sketchRow<f32>(start, length, buckets, signs, sums);
}

export function sketchRow64(start: usize, length: i32, buckets: usize, signs: usize, sums: usize): void {
  sketchRow<f64>(start, length, buckets, signs, sums);
}
