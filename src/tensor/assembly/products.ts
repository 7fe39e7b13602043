/**
 * Products of vectors and what is drawn from them: the compiled twins of vectors.ts, rowSketch.ts and subspace.ts in
 * src/inspect/findings, whose every rounding they share. Sums are taken in two, of the even and of the odd places.
 */

/** The product of two float32 vectors; their length is a multiple of 4. */
export function product32(a: usize, b: usize, length: i32): f64 {
  let sums = f64x2.splat(0);
  for (let at: usize = 0, end = (<usize>length) << 2; at < end; at += 16) {
    const u = v128.load(a + at);
    const v = v128.load(b + at);
    sums = f64x2.add(sums, f64x2.mul(f64x2.promote_low_f32x4(u), f64x2.promote_low_f32x4(v)));
    const high = v128.shuffle<i64>(u, u, 1, 1);
    const others = v128.shuffle<i64>(v, v, 1, 1);
    sums = f64x2.add(sums, f64x2.mul(f64x2.promote_low_f32x4(high), f64x2.promote_low_f32x4(others)));
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The product of two float64 vectors; their length is even. */
export function product64(a: usize, b: usize, length: i32): f64 {
  let sums = f64x2.splat(0);
  for (let at: usize = 0, end = (<usize>length) << 3; at < end; at += 16) {
    sums = f64x2.add(sums, f64x2.mul(v128.load(a + at), v128.load(b + at)));
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The products [rows, rows] of all pairs of rows of a float64 matrix [rows, width]; both numbers are even. */
export function rowProducts(matrix: usize, rows: i32, width: i32, products: usize): void {
  const bytes = (<usize>width) << 3;
  const stride = (<usize>rows) << 3;
  for (let a = 0; a < rows; a += 2) {
    const first = matrix + <usize>a * bytes;
    for (let b = 0; b <= a; b += 2) {
      const second = matrix + <usize>b * bytes;
      let s00 = f64x2.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      for (let at: usize = 0; at < bytes; at += 16) {
        const a0 = v128.load(first + at);
        const a1 = v128.load(first + at + bytes);
        const b0 = v128.load(second + at);
        const b1 = v128.load(second + at + bytes);
        s00 = f64x2.add(s00, f64x2.mul(a0, b0));
        s01 = f64x2.add(s01, f64x2.mul(a0, b1));
        s10 = f64x2.add(s10, f64x2.mul(a1, b0));
        s11 = f64x2.add(s11, f64x2.mul(a1, b1));
      }
      const low = products + <usize>a * stride + ((<usize>b) << 3);
      const high = products + <usize>b * stride + ((<usize>a) << 3);
      storeTwice(low, high, s00);
      storeTwice(low + 8, high + stride, s01);
      storeTwice(low + stride, high + 8, s10);
      storeTwice(low + stride + 8, high + stride + 8, s11);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeTwice(a: usize, b: usize, sums: v128): void {
  const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  store<f64>(a, sum);
  store<f64>(b, sum);
}

/**
 * The rows that hold all but a part `neglected` of the trace of their products [rows, rows], `rows` even, by Cholesky's
 * factorization with pivoting; as int32 into `pivots`. Their number, or -1 where `most` of them do not do. `rest` has place
 * for `rows` float64, `factors` for `most` times as many.
 */
export function pivotRows(
  products: usize,
  rows: i32,
  most: i32,
  neglected: f64,
  pivots: usize,
  rest: usize,
  factors: usize,
): i32 {
  const stride = (<usize>rows) << 3;
  for (let r: usize = 0; r < <usize>rows; r++) store<f64>(rest + (r << 3), load<f64>(products + r * stride + (r << 3)));
  const total = sum(rest, rows);
  if (!(total > 0 && total < Infinity)) return -1;
  let found = 0;
  while (sum(rest, rows) > neglected * total) {
    if (found >= most) return -1;
    const pivot = <usize>largest(rest, rows);
    const column = factors + <usize>found * stride;
    memory.copy(column, products + pivot * stride, stride);
    for (let f = 0; f < found; f++) {
      const factor = factors + <usize>f * stride;
      const along = f64x2.splat(load<f64>(factor + (pivot << 3)));
      for (let at: usize = 0; at < stride; at += 16) {
        const left = f64x2.sub(v128.load(column + at), f64x2.mul(along, v128.load(factor + at)));
        v128.store(column + at, left);
      }
    }
    const scale = 1 / Math.sqrt(load<f64>(rest + (pivot << 3)));
    for (let at: usize = 0; at < stride; at += 8) {
      const value = load<f64>(column + at) * scale;
      store<f64>(column + at, value);
      store<f64>(rest + at, max<f64>(0, load<f64>(rest + at) - value * value));
    }
    store<f64>(rest + (pivot << 3), 0);
    store<i32>(pivots + ((<usize>found) << 2), <i32>pivot);
    found++;
  }
  return found;
}

function sum(start: usize, length: i32): f64 {
  let sum: f64 = 0;
  for (let at = start, end = start + ((<usize>length) << 3); at < end; at += 8) sum += load<f64>(at);
  return sum;
}

/** The place of the largest of some float64; of equal ones that of the first. */
function largest(start: usize, length: i32): i32 {
  let best = 0;
  let greatest = load<f64>(start);
  for (let i = 1; i < length; i++) {
    const value = load<f64>(start + ((<usize>i) << 3));
    if (value > greatest) {
      greatest = value;
      best = i;
    }
  }
  return best;
}

/** Makes a float64 row orthogonal to a direction of length 1, both of an even width; the energy of what is left. */
export function subtractDirection(row: usize, direction: usize, width: i32): f64 {
  const along = f64x2.splat(product64(row, direction, width));
  let sums = f64x2.splat(0);
  for (let at: usize = 0, end = (<usize>width) << 3; at < end; at += 16) {
    const left = f64x2.sub(v128.load(row + at), f64x2.mul(along, v128.load(direction + at)));
    v128.store(row + at, left);
    sums = f64x2.add(sums, f64x2.mul(left, left));
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}
