/** Outlines of histograms as SVG paths. Pure. */

export type CountScale = 'linear' | 'log';

/** The height of a bin of `count`, 0..1, where the fullest holds `most`. A bin that holds anything is not of height 0. */
export function barHeight(count: number, most: number, scale: CountScale): number {
  if (count <= 0 || most <= 0) return 0;
  return scale === 'linear' ? count / most : Math.log1p(count) / Math.log1p(most);
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** The count of the fullest bin. */
export function fullest(counts: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < counts.length; i += 1) most = Math.max(most, counts[i]!);
  return most;
}

/**
 * The outline of bars of equal width in a box of `width` by `height`, from bottom left to bottom right; y grows
 * downwards. Bars that hold anything are at least `least` high, so that thin tails are seen. A bar of `most` reaches the
 * top: the fullest, where nothing else is said.
 */
export function histogramPath(
  counts: ArrayLike<number>,
  width: number,
  height: number,
  scale: CountScale = 'linear',
  least = 0,
  most = fullest(counts),
): string {
  if (counts.length === 0) return '';
  const barWidth = width / counts.length;
  let path = `M0 ${short(height)}`;
  for (let i = 0; i < counts.length; i += 1) {
    const bar = barHeight(counts[i]!, most, scale) * height;
    const top = height - (counts[i]! > 0 ? Math.max(bar, least) : 0);
    path += `V${short(top)}H${short((i + 1) * barWidth)}`;
  }
  return `${path}V${short(height)}Z`;
}

/** One vertical bar a channel, from its least to its greatest value, as one path of `width` by `height`. */
export function rangesPath(
  min: ArrayLike<number>,
  max: ArrayLike<number>,
  order: ArrayLike<number>,
  axis: Axis,
  width: number,
): string {
  const slot = width / order.length;
  const gap = slot >= 4 ? 1 : 0;
  let path = '';
  for (let i = 0; i < order.length; i += 1) {
    const channel = order[i]!;
    const [low, high] = [min[channel]!, max[channel]!];
    if (!(low <= high)) continue;
    const bottom = positionOf(low, axis);
    const top = Math.min(positionOf(high, axis), bottom - 0.75);
    const left = i * slot;
    path += `M${short(left)} ${short(bottom)}V${short(top)}H${short(left + Math.max(slot - gap, 0.5))}V${short(bottom)}Z`;
  }
  return path;
}

/** A linear scale from values to positions in pixels; `start` is where `min` lies, `end` where `max` does. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly end: number;
}

/** Where a value lies; the middle where the axis has no length. */
export function positionOf(value: number, { min, max, start, end }: Axis): number {
  if (!(max > min)) return (start + end) / 2;
  // Divided first: the difference of two large floats may overflow.
  const part = value / 2 / (max / 2 - min / 2) - min / 2 / (max / 2 - min / 2);
  return start + Math.min(1, Math.max(0, part)) * (end - start);
}

/** The value at a position. */
export function valueAt(position: number, { min, max, start, end }: Axis): number {
  const part = end === start ? 0 : (position - start) / (end - start);
  const inside = Math.min(1, Math.max(0, part));
  return min * (1 - inside) + max * inside;
}

/** Round values for the marks of an axis: about `wanted` of them, multiples of 1, 2 or 5 times a power of ten. */
export function ticks(min: number, max: number, wanted: number): number[] {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return Number.isFinite(min) ? [min] : [];
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  // The factor that is nearest on a logarithmic scale.
  const part = rough / power;
  const step = power * (part < Math.SQRT2 ? 1 : part < Math.sqrt(10) ? 2 : part < Math.sqrt(50) ? 5 : 10);
  if (!(step > 0)) return [min, max];
  const marks: number[] = [];
  for (let i = Math.ceil(min / step); i <= Math.floor(max / step); i += 1)
    marks.push(Number((i * step).toPrecision(12)));
  return marks;
}

/** A tick's label, with as many decimals as its neighbours need. */
export function tickLabels(marks: readonly number[]): string[] {
  const spacing = marks.length > 1 ? Math.abs(marks[1]! - marks[0]!) : Math.abs(marks[0] ?? 1) || 1;
  const largest = Math.max(...marks.map(Math.abs), spacing);
  if (spacing < 1e-4 || largest >= 1e6) return marks.map((mark) => (mark === 0 ? '0' : mark.toExponential(1)));
  const decimals = Math.max(0, -Math.floor(Math.log10(spacing) + 1e-9));
  return marks.map((mark) => mark.toFixed(decimals));
}
