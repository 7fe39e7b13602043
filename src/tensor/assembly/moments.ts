/** Moments of blocks and their merging: the compiled twin of ../statistics.ts, where the formulas and their sources stand. */

/** Elements of a block: 16 KiB of float32, which stay in the first cache for a second pass. */
export const momentsBlock: i32 = 4096;

/** Places of a state's numbers, each a float64, in the order of `Moments`: first the count. */
const NANS: usize = 8;
const POSITIVE_INFINITIES: usize = 16;
const NEGATIVE_INFINITIES: usize = 24;
const ZEROS: usize = 32;
const MIN: usize = 40;
const MAX: usize = 48;
const MEAN: usize = 56;
const MEAN_TAIL: usize = 64;
const M2: usize = 72;
const M3: usize = 80;
const M4: usize = 88;

/** Sums over a block, left by `powers`: of the deviations from a centre and their powers. */
let s1: f64 = 0;
let s2: f64 = 0;
let s3: f64 = 0;
let s4: f64 = 0;
let least: f64 = 0;
let greatest: f64 = 0;
let zeroCount: f64 = 0;
/** Extremes of the finite elements of the block that was added last. */
export let blockMin: f64 = 0;
export let blockMax: f64 = 0;

/** Adds elements to a state, block by block. */
export function addMoments<T>(start: usize, length: i32, state: usize): void {
  for (let done = 0; done < length; done += momentsBlock) {
    addBlock<T>(start + ((<usize>done) << alignof<T>()), min(momentsBlock, length - done), state);
  }
}

/** Adds at most `momentsBlock` elements to a state. */
export function addBlock<T>(start: usize, length: i32, state: usize): void {
  const seen = finiteIn(state);
  let centre = seen > 0 ? load<f64>(state, MEAN) : 0;
  const n = <f64>length;
  powers<T>(start, length, centre);
  if (s1 - s1 != 0) {
    addUnusual<T>(start, length, state);
    return;
  }
  let off = s1 / n;
  if (least == greatest) {
    centre = least;
    s1 = s2 = s3 = s4 = off = 0;
  } else if (n * off * off > 0.25 * s2) {
    // The centre was far from the block's mean, so that the powers cancel: once more, around that.
    centre += off;
    powers<T>(start, length, centre);
    off = s1 - s1 == 0 ? s1 / n : 0;
  }
  merge(state, n, 0, 0, 0, centre, off);
}

/** Of a block that holds what is not finite, or whose sum overflows: the finite ones one by one. */
function addUnusual<T>(start: usize, length: i32, state: usize): void {
  let nans: f64 = 0;
  let positive: f64 = 0;
  let negative: f64 = 0;
  let finite: f64 = 0;
  let sum: f64 = 0;
  const end = start + ((<usize>length) << alignof<T>());
  for (let at = start; at < end; at += sizeof<T>()) {
    const value = <f64>load<T>(at);
    if (value - value == 0) {
      finite += 1;
      sum += value;
    } else if (value == Infinity) positive += 1;
    else if (value == -Infinity) negative += 1;
    else nans += 1;
  }
  let centre = finite > 0 ? sum / finite : 0;
  if (centre - centre != 0) {
    centre = 0;
    for (let at = start; at < end; at += sizeof<T>()) {
      const value = <f64>load<T>(at);
      if (value - value == 0) centre += value / finite;
    }
  }
  powersOfFinite<T>(start, end, centre);
  if (least == greatest) {
    centre = least;
    s1 = s2 = s3 = s4 = 0;
  }
  const off = finite > 0 && s1 - s1 == 0 ? s1 / finite : 0;
  merge(state, <f64>length, nans, positive, negative, centre, off);
}

function powersOfFinite<T>(start: usize, end: usize, centre: f64): void {
  s1 = s2 = s3 = s4 = zeroCount = 0;
  least = Infinity;
  greatest = -Infinity;
  for (let at = start; at < end; at += sizeof<T>()) {
    const value = <f64>load<T>(at);
    if (value - value != 0) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value == 0) zeroCount += 1;
    addPowers(value - centre);
  }
}

// @ts-ignore: decorator
@inline
function addPowers(deviation: f64): void {
  const square = deviation * deviation;
  s1 += deviation;
  s2 += square;
  s3 += square * deviation;
  s4 += square * square;
}

/** Joins a state with the block whose sums stand in `s1` to `s4` around `centre`, its mean being `off` from there. */
function merge(state: usize, count: f64, nans: f64, positive: f64, negative: f64, centre: f64, off: f64): void {
  const na = finiteIn(state);
  const nb = count - nans - positive - negative;
  store<f64>(state, load<f64>(state) + count);
  store<f64>(state, load<f64>(state, NANS) + nans, NANS);
  store<f64>(state, load<f64>(state, POSITIVE_INFINITIES) + positive, POSITIVE_INFINITIES);
  store<f64>(state, load<f64>(state, NEGATIVE_INFINITIES) + negative, NEGATIVE_INFINITIES);
  if (nb == 0) {
    blockMin = Infinity;
    blockMax = -Infinity;
    return;
  }
  // -0 becomes 0
  blockMin = least + 0;
  blockMax = greatest + 0;
  store<f64>(state, load<f64>(state, ZEROS) + zeroCount, ZEROS);
  store<f64>(state, min(load<f64>(state, MIN), blockMin), MIN);
  store<f64>(state, max(load<f64>(state, MAX), blockMax), MAX);

  const bMean = centre + off;
  const bTail = roundingOf(centre, off, bMean);
  const square = off * off;
  const b2 = s2 - nb * square;
  const b3 = s3 - 3 * off * s2 + 2 * nb * square * off;
  const b4 = s4 - 4 * off * s3 + 6 * square * s2 - 3 * nb * square * square;
  if (na == 0) {
    store<f64>(state, bMean, MEAN);
    store<f64>(state, bTail, MEAN_TAIL);
    store<f64>(state, b2, M2);
    store<f64>(state, b3, M3);
    store<f64>(state, b4, M4);
    return;
  }
  const aMean = load<f64>(state, MEAN);
  const aTail = load<f64>(state, MEAN_TAIL);
  const a2 = load<f64>(state, M2);
  const a3 = load<f64>(state, M3);
  const a4 = load<f64>(state, M4);
  const total = na + nb;
  const fa = na / total;
  const fb = nb / total;
  const delta = bMean - aMean + (bTail - aTail);
  const spread = delta * delta * na * fb;
  let first = aMean;
  let second = aTail + delta * fb;
  if (delta - delta != 0) {
    first = aMean * fa;
    second = bMean * fb;
  }
  const mean = first + second;
  store<f64>(state, mean, MEAN);
  store<f64>(state, roundingOf(first, second, mean), MEAN_TAIL);
  store<f64>(state, a2 + b2 + spread, M2);
  store<f64>(state, a3 + b3 + spread * delta * (fa - fb) + 3 * delta * (fa * b2 - fb * a2), M3);
  store<f64>(
    state,
    a4 +
      b4 +
      spread * delta * delta * (fa * fa - fa * fb + fb * fb) +
      6 * delta * delta * (fa * fa * b2 + fb * fb * a2) +
      4 * delta * (fa * b3 - fb * a3),
    M4,
  );
}

function finiteIn(state: usize): f64 {
  return (
    load<f64>(state) - load<f64>(state, NANS) - load<f64>(state, POSITIVE_INFINITIES) - load<f64>(state, NEGATIVE_INFINITIES)
  );
}

function roundingOf(a: f64, b: f64, sum: f64): f64 {
  const ofB = sum - a;
  const rounding = a - (sum - ofB) + (b - ofB);
  return rounding - rounding == 0 ? rounding : 0;
}

/** Sums the powers of the deviations; extremes and zeros hold only if `s1` is finite, which it is if every element is. */
function powers<T>(start: usize, length: i32, centre: f64): void {
  if (sizeof<T>() == 4) powers32(start, length, centre);
  else powers64(start, length, centre);
}

function powers32(start: usize, length: i32, centre: f64): void {
  const around = f64x2.splat(centre);
  const zero = f32x4.splat(0);
  let sums1 = f64x2.splat(0);
  let sums2 = f64x2.splat(0);
  let sums3 = f64x2.splat(0);
  let sums4 = f64x2.splat(0);
  let lo = f32x4.splat(load<f32>(start));
  let hi = lo;
  let zeros = i32x4.splat(0);
  const end = start + ((<usize>(length & ~3)) << 2);
  let at = start;
  for (; at < end; at += 16) {
    const v = v128.load(at);
    lo = f32x4.pmin(lo, v);
    hi = f32x4.pmax(hi, v);
    zeros = i32x4.sub(zeros, f32x4.eq(v, zero));
    const a = f64x2.sub(f64x2.promote_low_f32x4(v), around);
    const b = f64x2.sub(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)), around);
    const aa = f64x2.mul(a, a);
    const bb = f64x2.mul(b, b);
    sums1 = f64x2.add(sums1, f64x2.add(a, b));
    sums2 = f64x2.add(sums2, f64x2.add(aa, bb));
    sums3 = f64x2.add(sums3, f64x2.add(f64x2.mul(aa, a), f64x2.mul(bb, b)));
    sums4 = f64x2.add(sums4, f64x2.add(f64x2.mul(aa, aa), f64x2.mul(bb, bb)));
  }
  s1 = both(sums1);
  s2 = both(sums2);
  s3 = both(sums3);
  s4 = both(sums4);
  least = min(
    min<f64>(f32x4.extract_lane(lo, 0), f32x4.extract_lane(lo, 1)),
    min<f64>(f32x4.extract_lane(lo, 2), f32x4.extract_lane(lo, 3)),
  );
  greatest = max(
    max<f64>(f32x4.extract_lane(hi, 0), f32x4.extract_lane(hi, 1)),
    max<f64>(f32x4.extract_lane(hi, 2), f32x4.extract_lane(hi, 3)),
  );
  zeroCount =
    i32x4.extract_lane(zeros, 0) +
    i32x4.extract_lane(zeros, 1) +
    i32x4.extract_lane(zeros, 2) +
    i32x4.extract_lane(zeros, 3);
  for (const last = start + ((<usize>length) << 2); at < last; at += 4) addOne(load<f32>(at), centre);
}

function powers64(start: usize, length: i32, centre: f64): void {
  const around = f64x2.splat(centre);
  const zero = f64x2.splat(0);
  let a1 = f64x2.splat(0);
  let a2 = f64x2.splat(0);
  let a3 = f64x2.splat(0);
  let a4 = f64x2.splat(0);
  let lo = f64x2.splat(load<f64>(start));
  let hi = lo;
  let zeros = i64x2.splat(0);
  const end = start + ((<usize>(length & ~1)) << 3);
  let at = start;
  for (; at < end; at += 16) {
    const v = v128.load(at);
    lo = f64x2.pmin(lo, v);
    hi = f64x2.pmax(hi, v);
    zeros = i64x2.sub(zeros, f64x2.eq(v, zero));
    const a = f64x2.sub(v, around);
    const aa = f64x2.mul(a, a);
    a1 = f64x2.add(a1, a);
    a2 = f64x2.add(a2, aa);
    a3 = f64x2.add(a3, f64x2.mul(aa, a));
    a4 = f64x2.add(a4, f64x2.mul(aa, aa));
  }
  s1 = both(a1);
  s2 = both(a2);
  s3 = both(a3);
  s4 = both(a4);
  least = min(f64x2.extract_lane(lo, 0), f64x2.extract_lane(lo, 1));
  greatest = max(f64x2.extract_lane(hi, 0), f64x2.extract_lane(hi, 1));
  zeroCount = <f64>(i64x2.extract_lane(zeros, 0) + i64x2.extract_lane(zeros, 1));
  for (const last = start + ((<usize>length) << 3); at < last; at += 8) addOne(load<f64>(at), centre);
}

function addOne(value: f64, centre: f64): void {
  if (value < least) least = value;
  if (value > greatest) greatest = value;
  if (value == 0) zeroCount += 1;
  addPowers(value - centre);
}

// @ts-ignore: decorator
@inline
function both(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
