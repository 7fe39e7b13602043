/** Elements as float32 numbers, and the integers of quantized weights as the real numbers they stand for. */

/** Each byte as the number of its 8-bit element; `table` holds 256 float32. */
export function lookUpBytes(start: usize, bytes: i32, table: usize, target: usize): void {
  for (let i: usize = 0; i < <usize>bytes; i++) {
    store<f32>(target + (i << 2), load<f32>(table + ((<usize>load<u8>(start + i)) << 2)));
  }
}

/** Each byte as the numbers of its two 4-bit elements; `table` holds 256 pairs of float32. */
export function lookUpPairs(start: usize, bytes: i32, table: usize, target: usize): void {
  for (let i: usize = 0; i < <usize>bytes; i++) {
    store<u64>(target + (i << 3), load<u64>(table + ((<usize>load<u8>(start + i)) << 3)));
  }
}

/** Each byte as the numbers of its four 2-bit elements; `table` holds 256 times four float32. */
export function lookUpFours(start: usize, bytes: i32, table: usize, target: usize): void {
  for (let i: usize = 0; i < <usize>bytes; i++) {
    v128.store(target + (i << 4), v128.load(table + ((<usize>load<u8>(start + i)) << 4)));
  }
}

/** Each 16-bit element; `table` holds 65,536 float32. */
export function lookUpWords(start: usize, elements: i32, table: usize, target: usize): void {
  for (let i: usize = 0; i < <usize>elements; i++) {
    store<f32>(target + (i << 2), load<f32>(table + ((<usize>load<u16>(start + (i << 1))) << 2)));
  }
}

/**
 * In place (q - zero point) * scale, each step rounded to float32, of elements of which `run` after another have the same
 * scale. Scales are taken in turn from `firstScale` on; after `period` of them again from the first. The first run has
 * `leftOfRun` left. Zero points, where there are none, are at 0. As many of them as scales, or one each for all.
 */
export function scaleRuns(
  start: usize,
  length: i32,
  run: i32,
  leftOfRun: i32,
  scales: usize,
  zeroPoints: usize,
  firstScale: i32,
  period: i32,
): void {
  let place = firstScale;
  let left = leftOfRun;
  for (let done = 0; done < length;) {
    const count = min(left, length - done);
    const zeroPoint = zeroPoints == 0 ? <f32>0 : load<f32>(zeroPoints + ((<usize>place) << 2));
    scaleRun(start + ((<usize>done) << 2), count, load<f32>(scales + ((<usize>place) << 2)), zeroPoint);
    done += count;
    left = run;
    if (++place == period) place = 0;
  }
}

// @ts-ignore: decorator
@inline
function scaleRun(start: usize, length: i32, scale: f32, zeroPoint: f32): void {
  const scales = f32x4.splat(scale);
  const zeroPoints = f32x4.splat(zeroPoint);
  const end = start + ((<usize>(length & ~3)) << 2);
  let at = start;
  for (; at < end; at += 16) v128.store(at, f32x4.mul(f32x4.sub(v128.load(at), zeroPoints), scales));
  for (const last = start + ((<usize>length) << 2); at < last; at += 4) {
    store<f32>(at, (load<f32>(at) - zeroPoint) * scale);
  }
}

/** The same of elements that each have a scale of their own, one after the other. */
export function scaleEach(start: usize, length: i32, scales: usize, zeroPoints: usize): void {
  const bytes = (<usize>length) << 2;
  const whole = (<usize>(length & ~3)) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const zeroPoint = zeroPoints == 0 ? f32x4.splat(0) : v128.load(zeroPoints + at);
    v128.store(start + at, f32x4.mul(f32x4.sub(v128.load(start + at), zeroPoint), v128.load(scales + at)));
  }
  for (; at < bytes; at += 4) {
    const zeroPoint = zeroPoints == 0 ? <f32>0 : load<f32>(zeroPoints + at);
    store<f32>(start + at, (load<f32>(start + at) - zeroPoint) * load<f32>(scales + at));
  }
}
