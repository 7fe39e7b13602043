/**
 * Count, extremes and central moments of numbers, chunk by chunk and mergeable in any grouping. Browser-safe.
 *
 * A chunk is gone through in blocks that stay in the first cache: once for sum and extremes, once for the powers of the
 * deviations from the block's mean. Blocks and chunks are joined by the pairwise formulas of Chan, Golub and LeVeque
 * ("Updating formulae and a pairwise algorithm for computing sample variances", 1979) as extended to the third and fourth
 * moment by Pébay (SAND2008-6212, section 2.1), so nothing cancels however far the mean lies from zero.
 */

/** Decoded elements of a tensor. Integers past 2^53 are the nearest number. */
export type Numbers = Float32Array | Float64Array;

/** Sums over the finite elements; what is not finite is only counted. */
export interface Moments {
  /** Elements, those that are not finite included. */
  readonly count: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  readonly zeros: number;
  /** Of the finite elements: Infinity and -Infinity where there are none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** What the mean lacks to be exact: merging needs the difference of two means more exactly than their rounding. */
  readonly meanTail: number;
  /** Sums of the second, third and fourth power of the deviations from the mean. */
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
}

export const noMoments: Moments = {
  count: 0,
  nans: 0,
  positiveInfinities: 0,
  negativeInfinities: 0,
  zeros: 0,
  min: Infinity,
  max: -Infinity,
  mean: 0,
  meanTail: 0,
  m2: 0,
  m3: 0,
  m4: 0,
};

export function finiteCount(of: Moments): number {
  return of.count - of.nans - of.positiveInfinities - of.negativeInfinities;
}

/** The population's standard deviation of the finite elements; NaN where there are none. */
export function standardDeviation(of: Moments): number {
  return Math.sqrt(of.m2 / finiteCount(of));
}

/** Excess kurtosis of the finite elements (0 for a normal distribution); NaN where they are all equal or none. */
export function excessKurtosis(of: Moments): number {
  return of.m4 / of.m2 / (of.m2 / finiteCount(of)) - 3;
}

/** The moments of both sets of numbers together. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const na = finiteCount(a);
  const nb = finiteCount(b);
  const n = na + nb;
  const fa = n > 0 ? na / n : 0;
  const fb = n > 0 ? nb / n : 0;
  const delta = na > 0 && nb > 0 ? b.mean - a.mean + (b.meanTail - a.meanTail) : 0;
  const spread = delta * delta * na * fb;

  let first = na > 0 ? a.mean : b.mean;
  let second = na > 0 ? a.meanTail + delta * fb : b.meanTail;
  if (delta - delta !== 0) {
    first = a.mean * fa;
    second = b.mean * fb;
  }
  const mean = first + second;
  return {
    count: a.count + b.count,
    nans: a.nans + b.nans,
    positiveInfinities: a.positiveInfinities + b.positiveInfinities,
    negativeInfinities: a.negativeInfinities + b.negativeInfinities,
    zeros: a.zeros + b.zeros,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean,
    meanTail: roundingOf(first, second, mean),
    m2: a.m2 + b.m2 + spread,
    m3: a.m3 + b.m3 + spread * delta * (fa - fb) + 3 * delta * (fa * b.m2 - fb * a.m2),
    m4:
      a.m4 +
      b.m4 +
      spread * delta * delta * (fa * fa - fa * fb + fb * fb) +
      6 * delta * delta * (fa * fa * b.m2 + fb * fb * a.m2) +
      4 * delta * (fa * b.m3 - fb * a.m3),
  };
}

/** What a sum lacks to be exact (Knuth's two-sum, The Art of Computer Programming 2, 4.2.2); 0 past the largest number. */
function roundingOf(a: number, b: number, sum: number): number {
  const ofB = sum - a;
  const rounding = a - (sum - ofB) + (b - ofB);
  return rounding - rounding === 0 ? rounding : 0;
}

const blockLength = 2048;

/** The moments of a chunk. The powers overflow past about 1e77, which only float64 tensors reach: they are then Infinity. */
export function momentsOf(values: Numbers): Moments {
  const block = new Float64Array(Math.min(blockLength, values.length));
  let all = noMoments;
  for (let start = 0; start < values.length; start += blockLength) {
    const length = Math.min(blockLength, values.length - start);
    block.set(values.subarray(start, start + length));
    all = mergeMoments(all, momentsOfBlock(block, length));
  }
  return all;
}

/** The moments of the first `length` numbers of a block, whose order may change. */
function momentsOfBlock(block: Float64Array, length: number): Moments {
  const sum = sumAndExtremes(block, length);
  if (sum - sum !== 0) return momentsOfUnusualBlock(block, length);
  return aroundMean(block, length, sum / length);
}

let least = 0;
let greatest = 0;
let zeroCount = 0;

/** Returns the sum, which is finite only if every number is; leaves `least`, `greatest` and `zeroCount`. */
function sumAndExtremes(block: Float64Array, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let lo = block[0]!;
  let hi = lo;
  let zeros = 0;
  const unrolled = length & ~3;
  for (let i = 0; i < unrolled; i += 4) {
    const a = block[i]!;
    const b = block[i + 1]!;
    const c = block[i + 2]!;
    const d = block[i + 3]!;
    sum0 += a;
    sum1 += b;
    sum2 += c;
    sum3 += d;
    if (a < lo) lo = a;
    if (a > hi) hi = a;
    if (b < lo) lo = b;
    if (b > hi) hi = b;
    if (c < lo) lo = c;
    if (c > hi) hi = c;
    if (d < lo) lo = d;
    if (d > hi) hi = d;
    if (a === 0) zeros++;
    if (b === 0) zeros++;
    if (c === 0) zeros++;
    if (d === 0) zeros++;
  }
  for (let i = unrolled; i < length; i++) {
    const a = block[i]!;
    sum0 += a;
    if (a < lo) lo = a;
    if (a > hi) hi = a;
    if (a === 0) zeros++;
  }
  least = lo;
  greatest = hi;
  zeroCount = zeros;
  return sum0 + sum1 + (sum2 + sum3);
}

/** Of finite numbers whose extremes `sumAndExtremes` has just left. */
function aroundMean(block: Float64Array, length: number, roughMean: number): Moments {
  let rest = 0;
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  const isSpread = least !== greatest;
  const centre = isSpread ? roughMean : least;
  for (let i = 0; isSpread && i < length; i++) {
    const deviation = block[i]! - centre;
    const square = deviation * deviation;
    rest += deviation;
    m2 += square;
    m3 += square * deviation;
    m4 += square * square;
  }
  const off = rest - rest === 0 ? rest / length : 0;
  const mean = centre + off;
  return {
    count: length,
    nans: 0,
    positiveInfinities: 0,
    negativeInfinities: 0,
    zeros: zeroCount,
    min: least + 0, // -0 becomes 0
    max: greatest + 0,
    mean,
    meanTail: roundingOf(centre, off, mean),
    m2: m2 - length * off * off,
    m3: m3 - 3 * off * m2 + 2 * length * off * off * off,
    m4: m4 - 4 * off * m3 + 6 * off * off * m2 - 3 * length * off * off * off * off,
  };
}

/** Of a block that holds what is not finite, or whose sum overflows. */
function momentsOfUnusualBlock(block: Float64Array, length: number): Moments {
  let nans = 0;
  let positiveInfinities = 0;
  let negativeInfinities = 0;
  let finite = 0;
  for (let i = 0; i < length; i++) {
    const value = block[i]!;
    if (value - value === 0) block[finite++] = value;
    else if (value === Infinity) positiveInfinities++;
    else if (value === -Infinity) negativeInfinities++;
    else nans++;
  }
  const counts = { count: length, nans, positiveInfinities, negativeInfinities };
  if (finite === 0) return { ...noMoments, ...counts };
  let mean = sumAndExtremes(block, finite) / finite;
  if (mean - mean !== 0) {
    mean = 0;
    for (let i = 0; i < finite; i++) mean += block[i]! / finite;
  }
  return { ...aroundMean(block, finite, mean), ...counts };
}
