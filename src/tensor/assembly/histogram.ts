/**
 * Counting into bins of equal width: the compiled twin of ../histogram.ts, whose rule it follows to the last number.
 * `edges` are bins + 1 float64. `counts` are four rows of uint32, which the caller adds up: the lanes of a vector count
 * apart, so that equal neighbours don't wait for each other.
 */

/** Added to a float32 between -2^22 and 2^22 it rounds it to an integer, which then stands in the low bits. */
const rounder: f32 = 12582912;
const rounderBits: i32 = 0x4b400000;

/**
 * float32 numbers, sixteen at a time: where all lie at least `nearFloat32` bins from the nearest edge float32 tells their
 * bins, else they are looked at one by one in float64. `nearFloat32` is to be more than what the roundings here may come to.
 */
export function countRegular32(
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
): void {
  countSixteens<f32>(start, length, low, high, perUnit, nearFloat32, nearFloat64, bins, edges, counts);
}

/** The same of numbers that all lie between the bounds, which is some arithmetic less. */
export function countRegularInside32(
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
): void {
  countSixteens<i32>(start, length, low, high, perUnit, nearFloat32, nearFloat64, bins, edges, counts);
}

/** `Bounded`: f32 where numbers may lie outside of the bounds. */
// @ts-ignore: decorator
@inline
function countSixteens<Bounded>(
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
): void {
  const lows = f32x4.splat(<f32>low);
  const scale = f32x4.splat(<f32>perUnit);
  const half = f32x4.splat(0.5);
  const first = f32x4.splat(-0.5);
  const last = f32x4.splat(<f32>bins - 0.5);
  const magic = f32x4.splat(rounder);
  const sure = f32x4.splat(0.5 - nearFloat32);
  const rows = i32x4.add(
    i32x4.splat(<i32>counts - (rounderBits << 2)),
    i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(bins << 2)),
  );
  const end = start + ((<usize>(length & ~15)) << 2);
  let at = start;
  for (; at < end; at += 64) {
    const a = placeOf<Bounded>(v128.load(at), lows, scale, half, first, last);
    const b = placeOf<Bounded>(v128.load(at, 16), lows, scale, half, first, last);
    const c = placeOf<Bounded>(v128.load(at, 32), lows, scale, half, first, last);
    const d = placeOf<Bounded>(v128.load(at, 48), lows, scale, half, first, last);
    const binOfA = f32x4.add(a, magic);
    const binOfB = f32x4.add(b, magic);
    const binOfC = f32x4.add(c, magic);
    const binOfD = f32x4.add(d, magic);
    const areSure = v128.and(
      v128.and(isSure(a, binOfA, magic, sure), isSure(b, binOfB, magic, sure)),
      v128.and(isSure(c, binOfC, magic, sure), isSure(d, binOfD, magic, sure)),
    );
    if (i32x4.bitmask(areSure) == 15) {
      incrementAll(i32x4.add(i32x4.shl(binOfA, 2), rows));
      incrementAll(i32x4.add(i32x4.shl(binOfB, 2), rows));
      incrementAll(i32x4.add(i32x4.shl(binOfC, 2), rows));
      incrementAll(i32x4.add(i32x4.shl(binOfD, 2), rows));
    } else countRegular<f32>(at, 16, low, high, perUnit, nearFloat64, bins, edges, counts);
  }
  countRegular<f32>(at, length & 15, low, high, perUnit, nearFloat64, bins, edges, counts);
}

/**
 * float32 numbers between the bounds of bins a power of two wide that begin at whole multiples of their width: `perWidth`
 * times a number is exact, and so is its whole part, the number of its bin from `first` on: no edge has to decide, but that
 * the last bin holds its end, too.
 */
export function countWhole32(start: usize, length: i32, perWidth: f32, first: i32, bins: i32, counts: usize): void {
  const scale = f32x4.splat(perWidth);
  const last = i32x4.splat(first + bins - 1);
  const rows = i32x4.add(
    i32x4.splat(<i32>counts - (first << 2)),
    i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(bins << 2)),
  );
  const end = start + ((<usize>(length & ~7)) << 2);
  let at = start;
  for (; at < end; at += 32) {
    const a = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.mul(v128.load(at), scale)));
    const b = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.mul(v128.load(at, 16), scale)));
    incrementAll(i32x4.add(i32x4.shl(i32x4.min_s(a, last), 2), rows));
    incrementAll(i32x4.add(i32x4.shl(i32x4.min_s(b, last), 2), rows));
  }
  for (const stop = start + ((<usize>length) << 2); at < stop; at += 4) {
    const bin = min(<i32>Mathf.floor(load<f32>(at) * perWidth) - first, bins - 1);
    increment(counts + ((<usize>bin) << 2));
  }
}

/** The place among the centres of the bins. What is outside comes to lie on the outermost edge: near it. */
// @ts-ignore: decorator
@inline
function placeOf<Bounded>(v: v128, lows: v128, scale: v128, half: v128, first: v128, last: v128): v128 {
  const place = f32x4.sub(f32x4.mul(f32x4.sub(v, lows), scale), half);
  if (isFloat<Bounded>()) return f32x4.pmax(f32x4.pmin(place, last), first);
  return place;
}

/** All ones where a place lies far enough from the edges of its bin; NaN never does. */
// @ts-ignore: decorator
@inline
function isSure(place: v128, bin: v128, magic: v128, sure: v128): v128 {
  return f32x4.le(f32x4.abs(f32x4.sub(place, f32x4.sub(bin, magic))), sure);
}

// @ts-ignore: decorator
@inline
function incrementAll(places: v128): void {
  const two = i64x2.extract_lane(places, 0);
  const others = i64x2.extract_lane(places, 1);
  increment(<u32>two);
  increment(<usize>(two >>> 32));
  increment(<u32>others);
  increment(<usize>(others >>> 32));
}

// @ts-ignore: decorator
@inline
function increment(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

/** The bin by one multiplication; within `near` bins of an edge, where rounding may put it one off, the edges decide. */
export function countRegular<T>(
  start: usize,
  length: i32,
  low: f64,
  high: f64,
  perUnit: f64,
  near: f64,
  bins: i32,
  edges: usize,
  counts: usize,
): void {
  const last = bins - 1;
  const far = 1 - near;
  const end = start + (<usize>length) * sizeof<T>();
  for (let at = start; at < end; at += sizeof<T>()) {
    const value = <f64>load<T>(at);
    if (!(value >= low && value <= high)) continue;
    const place = (value - low) * perUnit;
    let bin = <i32>place;
    const part = place - <f64>bin;
    if (part < near || part > far) {
      if (bin > last) bin = last;
      if (value < load<f64>(edges + ((<usize>bin) << 3))) bin--;
      else if (bin < last && value >= load<f64>(edges + ((<usize>bin) << 3), 8)) bin++;
    }
    increment(counts + ((<usize>bin) << 2));
  }
}

/** For ranges so wide or so narrow that the width of a bin is no ordinary number. */
export function countBySearch<T>(
  start: usize,
  length: i32,
  low: f64,
  high: f64,
  bins: i32,
  edges: usize,
  counts: usize,
): void {
  const end = start + (<usize>length) * sizeof<T>();
  for (let at = start; at < end; at += sizeof<T>()) {
    const value = <f64>load<T>(at);
    if (!(value >= low && value <= high)) continue;
    let bin = 0;
    let top = bins - 1;
    while (bin < top) {
      const middle = (bin + top + 1) >> 1;
      if (value >= load<f64>(edges + ((<usize>middle) << 3))) bin = middle;
      else top = middle - 1;
    }
    increment(counts + ((<usize>bin) << 2));
  }
}
