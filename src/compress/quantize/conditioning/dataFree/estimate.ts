/** What is believed of a value that nobody has measured. */

/**
 * Of each channel, or of all elements where `axis` is undefined: mean and standard deviation, and the range that elements
 * are thought to keep.
 */
export interface Estimate {
  /** The axis of the channels; the value has as many indices along it as the arrays have elements. */
  readonly axis: number | undefined;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Elements of a normal distribution lie further out once in five hundred million (Nagel et al. 2019, section 5.1.2). */
export const deviations = 6;

/** Normally distributed channels, within bounds that hold for certain. */
export function normalEstimate(
  axis: number | undefined,
  mean: Float64Array,
  deviation: Float64Array,
  bounds?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
): Estimate {
  const low = mean.map((each, c) => Math.max(each - deviations * deviation[c]!, bounds?.low[c] ?? -Infinity));
  const high = mean.map((each, c) => Math.min(each + deviations * deviation[c]!, bounds?.high[c] ?? Infinity));
  return { axis, mean, deviation, low: low.map((each, c) => Math.min(each, high[c]!)), high };
}

export function uniformEstimate(low: number, high: number): Estimate {
  return {
    axis: undefined,
    mean: Float64Array.of((low + high) / 2),
    deviation: Float64Array.of((high - low) / Math.sqrt(12)),
    low: Float64Array.of(low),
    high: Float64Array.of(high),
  };
}

/** Forgets channels. */
export function asWhole({ axis, mean, deviation, low, high }: Estimate): Estimate {
  if (axis === undefined) return { axis, mean, deviation, low, high };
  const average = mean.reduce((a, b) => a + b, 0) / mean.length;
  const square = mean.reduce((sum, each, c) => sum + each ** 2 + deviation[c]! ** 2, 0) / mean.length;
  return {
    axis: undefined,
    mean: Float64Array.of(average),
    deviation: Float64Array.of(Math.sqrt(Math.max(square - average ** 2, 0))),
    low: Float64Array.of(low.reduce((a, b) => Math.min(a, b), Infinity)),
    high: Float64Array.of(high.reduce((a, b) => Math.max(a, b), -Infinity)),
  };
}

/** Each channel `times` over: what becomes of channels whose positions are laid out along their axis. */
export function repeated(estimate: Estimate, axis: number, times: number): Estimate {
  const repeat = (all: Float64Array) =>
    times === 1 ? all : Float64Array.from({ length: all.length * times }, (_, i) => all[Math.floor(i / times)]!);
  return mapped(estimate, axis, repeat);
}

function mapped(
  { mean, deviation, low, high }: Estimate,
  axis: number | undefined,
  map: (all: Float64Array) => Float64Array,
): Estimate {
  return { axis, mean: map(mean), deviation: map(deviation), low: map(low), high: map(high) };
}

/** Points and weights of a standard normal distribution. */
const points = Array.from({ length: 97 }, (_, i) => (i - 48) / 8);
const densities = points.map((z) => Math.exp(-z * z * 0.5));
const total = densities.reduce((a, b) => a + b, 0);
const weights = densities.map((density) => density / total);

/** The estimate of f(x) with x normally distributed in each channel, cut off at its range. */
export function through(estimate: Estimate, f: (x: number, channel: number) => number): Estimate {
  const { axis, mean, deviation, low, high } = estimate;
  const result = { mean: mean.slice(), deviation: mean.slice(), low: mean.slice(), high: mean.slice() };
  for (let c = 0; c < mean.length; c++) {
    let sum = 0;
    let squares = 0;
    for (const [i, z] of points.entries()) {
      const y = f(Math.min(Math.max(mean[c]! + z * deviation[c]!, low[c]!), high[c]!), c);
      sum += weights[i]! * y;
      squares += weights[i]! * y * y;
    }
    result.mean[c] = sum;
    result.deviation[c] = Math.sqrt(Math.max(squares - sum * sum, 0));
    result.low[c] = Infinity;
    result.high[c] = -Infinity;
    const steps = points.length;
    for (let i = 0; i <= steps; i++) {
      const y = f(low[c]! + ((high[c]! - low[c]!) * i) / steps, c);
      result.low[c] = Math.min(result.low[c]!, y);
      result.high[c] = Math.max(result.high[c]!, y);
    }
  }
  return { axis, ...result };
}

/** The estimate of f(x, y) = x + y or x y of independent values. */
export function combined(a: Estimate, b: Estimate, operation: 'sum' | 'product'): Estimate {
  const [x, y] = alike(a, b);
  const axis = x.axis ?? y.axis;
  const mean = new Float64Array(x.mean.length);
  const deviation = mean.slice();
  const low = mean.slice();
  const high = mean.slice();
  for (let c = 0; c < mean.length; c++) {
    const [m, n] = [x.mean[c]!, y.mean[c]!];
    const [v, w] = [x.deviation[c]! ** 2, y.deviation[c]! ** 2];
    mean[c] = operation === 'sum' ? m + n : m * n;
    deviation[c] = Math.sqrt(operation === 'sum' ? v + w : m * m * w + n * n * v + v * w);
    const ends = operation === 'sum' ? [x.low[c]! + y.low[c]!, x.high[c]! + y.high[c]!] : productEnds(x, y, c);
    low[c] = Math.min(...ends);
    high[c] = Math.max(...ends);
  }
  return operation === 'sum'
    ? normalEstimate(axis, mean, deviation, { low, high })
    : { axis, mean, deviation, low, high };
}

function productEnds(x: Estimate, y: Estimate, c: number): number[] {
  return [x.low[c]! * y.low[c]!, x.low[c]! * y.high[c]!, x.high[c]! * y.low[c]!, x.high[c]! * y.high[c]!];
}

/** Two estimates of the same channels; both of the whole where their channels differ. */
function alike(a: Estimate, b: Estimate): [Estimate, Estimate] {
  const same = a.axis === b.axis && a.mean.length === b.mean.length;
  if (same) return [a, b];
  if (a.axis === undefined) return [repeated(a, b.axis!, b.mean.length), b];
  if (b.axis === undefined) return [a, repeated(b, a.axis, a.mean.length)];
  return [asWhole(a), asWhole(b)];
}

/** The least and greatest of all channels. */
export function rangeOf({ low, high }: Estimate): { readonly min: number; readonly max: number } {
  return {
    min: low.reduce((a, b) => Math.min(a, b), Infinity),
    max: high.reduce((a, b) => Math.max(a, b), -Infinity),
  };
}
