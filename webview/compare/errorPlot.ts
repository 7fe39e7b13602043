/** The plot of errors along the graph as positions and paths. Pure. */

export interface PlotBox {
  readonly left: number;
  readonly right: number;
  /** Where the greatest finite SQNR lies, and where the least does; what is infinite lies above at `infinite`. */
  readonly top: number;
  readonly bottom: number;
  readonly infinite: number;
}

/** Round decibels that hold all finite values; at least 10 dB apart. */
export function decibelRange(values: Iterable<number>): { readonly min: number; readonly max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return { min: 0, max: 60 };
  const low = Math.floor(min / 10) * 10;
  return { min: low, max: Math.max(low + 10, Math.ceil(max / 10) * 10) };
}

/** The middle of the slot of a point. */
export function xOf(point: number, points: number, { left, right }: PlotBox): number {
  return left + ((point + 0.5) * (right - left)) / Math.max(1, points);
}

/** The point in whose slot a position lies. */
export function pointAt(x: number, points: number, { left, right }: PlotBox): number {
  return Math.min(points - 1, Math.max(0, Math.floor(((x - left) / (right - left)) * points)));
}

/** No noise at all lies above the greatest; noise without bounds at the bottom. */
export function yOf(decibels: number, range: { readonly min: number; readonly max: number }, box: PlotBox): number {
  if (decibels === Infinity) return box.infinite;
  if (decibels === -Infinity) return box.bottom;
  const part = (decibels - range.min) / (range.max - range.min);
  return box.bottom - part * (box.bottom - box.top);
}

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** A line through the points; it is broken where one is not known. */
export function linePath(
  values: readonly number[],
  range: { readonly min: number; readonly max: number },
  box: PlotBox,
): string {
  let path = '';
  let broken = true;
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) {
      broken = true;
      continue;
    }
    path += `${broken ? 'M' : 'L'}${short(xOf(i, values.length, box))} ${short(yOf(value, range, box))}`;
    broken = false;
  }
  return path;
}

/** A dot a point, to be drawn with round caps. */
export function dotsPath(
  values: readonly number[],
  range: { readonly min: number; readonly max: number },
  box: PlotBox,
): string {
  let path = '';
  for (const [i, value] of values.entries()) {
    if (!Number.isNaN(value)) path += `M${short(xOf(i, values.length, box))} ${short(yOf(value, range, box))}h0`;
  }
  return path;
}
