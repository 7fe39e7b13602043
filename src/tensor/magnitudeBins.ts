/**
 * Histograms of magnitudes as numpy.histogram(abs(x), bins) makes them of float32 numbers: onnxruntime's percentiles are read
 * off them. Browser-safe.
 */
import type { Numbers } from './statistics.js';

/**
 * The bins + 1 edges between the least and the greatest magnitude. numpy.linspace computes them in float32: the step, each
 * product with it, and each sum are rounded. Where both are equal half a unit is added on either side.
 */
export function magnitudeEdges(least: number, greatest: number, bins: number): Float32Array {
  const f = Math.fround;
  const [from, to] = least === greatest ? [f(least - 0.5), f(greatest + 0.5)] : [least, greatest];
  const step = f(f(to - from) / bins);
  const edges = Float32Array.from({ length: bins + 1 }, (_, i) => f(f(i * step) + from));
  edges[bins] = to;
  return edges;
}

/** Adds the magnitudes of numbers to counts. Bin i holds edge i <= |v| < edge i + 1, the last one its end, too; what lies elsewhere none. */
export function countMagnitudes(edges: ArrayLike<number>, counts: Float64Array, values: Numbers): void {
  const bins = counts.length;
  const from = edges[0]!;
  const to = edges[bins]!;
  const perUnit = bins / (to - from);
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (!(magnitude >= from && magnitude <= to)) continue;
    let bin = Math.min(bins - 1, Math.floor((magnitude - from) * perUnit));
    while (bin > 0 && magnitude < edges[bin]!) bin--;
    while (bin < bins - 1 && magnitude >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
}

/**
 * The range of onnxruntime's PercentileCalibrater, symmetric as quantize_static has it: the begin of the first bin up to which the
 * share of all magnitudes reaches the percentile, on either side, but not beyond the extremes.
 */
export function onnxruntimePercentile(
  edges: ArrayLike<number>,
  counts: ArrayLike<number>,
  percentile: number,
  { min, max }: { readonly min: number; readonly max: number },
): { min: number; max: number } {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  let share = 0;
  let bin = 0;
  for (; bin < counts.length; bin++) {
    share += counts[bin]! / total;
    if (share >= percentile / 100) break;
  }
  const limit = edges[bin]!;
  return { min: -limit < min ? min : -limit, max: limit > max ? max : limit };
}
