/**
 * Sketches of channels and of rows: the compiled twins of channelSketch.ts and rowSketch.ts in src/inspect/findings, whose
 * every rounding they share.
 */
import { product32 } from './products';

/** Numbers of the sketch of a channel: as many as a word has bits. */
const channelBuckets: usize = 64;

/** Adds each element, times its sign, to the float32 sum of its bucket. */
// @ts-ignore: decorator
@inline
function scatter<T>(start: usize, length: i32, buckets: usize, signs: usize, sums: usize): void {
  for (let i: usize = 0; i < <usize>length; i++) {
    const place = sums + ((<usize>load<u16>(buckets + (i << 1))) << 2);
    store<f32>(place, joined<T>(load<f32>(place), load<f32>(signs + (i << 2)), load<T>(start + (i << alignof<T>()))));
  }
}

/** The sum of two float32 is the same whether it is rounded once or by way of float64. */
// @ts-ignore: decorator
@inline
function joined<T>(sum: f32, sign: f32, value: T): f32 {
  if (sizeof<T>() == 4) return sum + sign * <f32>value;
  return <f32>(<f64>sum + <f64>sign * <f64>value);
}

/** Runs from this length on are worth going through four channels at once. */
const leastRunAtOnce: i32 = 64;

/**
 * Adds elements to the sketches of channels, of which `run` elements after another belong to the same. The first is number
 * `inRun` of its run, in round `outer` of the channels. The sums of a channel lie in a row. `fourSums` has place for the sums
 * of four channels.
 */
export function sketchRuns<T>(
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
  for (let done = 0; done < length;) {
    const place = <usize>(outer * run + inRun);
    const at = start + ((<usize>done) << alignof<T>());
    const ofChannel = sums + (((<usize>channel) * channelBuckets) << 2);
    if (sizeof<T>() == 4 && inRun == 0 && run >= leastRunAtOnce && run <= (length - done) / 4 && channel + 4 <= channels) {
      scatterFour(at, run, buckets + (place << 1), signs + (place << 2), ofChannel, fourSums);
      done += 4 * run;
      channel += 4;
    } else {
      const count = min(length - done, run - inRun);
      scatter<T>(at, count, buckets + (place << 1), signs + (place << 2), ofChannel);
      done += count;
      channel++;
    }
    inRun = 0;
    if (channel == channels) {
      channel = 0;
      outer++;
    }
  }
}

/** `scatter` for four whole runs at once, one after the other in `start` and in `sums`: by way of [buckets, 4] sums. */
function scatterFour(start: usize, run: i32, buckets: usize, signs: usize, sums: usize, fourSums: usize): void {
  const row = channelBuckets << 2;
  for (let at: usize = 0; at < row; at += 16) {
    transpose(sums + at, row, fourSums + (at << 2), 16);
  }
  const bytes = (<usize>run) << 2;
  const whole = (<usize>(run & ~3)) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const a = v128.load(start + at);
    const b = v128.load(start + at + bytes);
    const c = v128.load(start + at + 2 * bytes);
    const d = v128.load(start + at + 3 * bytes);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const bucket = buckets + (at >> 1);
    const sign = signs + at;
    addFour(fourSums, load<u16>(bucket), v128.load_splat<f32>(sign), v128.shuffle<i64>(ab, cd, 0, 2));
    addFour(fourSums, load<u16>(bucket, 2), v128.load_splat<f32>(sign, 4), v128.shuffle<i64>(ab, cd, 1, 3));
    addFour(fourSums, load<u16>(bucket, 4), v128.load_splat<f32>(sign, 8), v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
    addFour(fourSums, load<u16>(bucket, 6), v128.load_splat<f32>(sign, 12), v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
  }
  for (; at < bytes; at += 4) {
    const first = start + at;
    const values = f32x4(
      load<f32>(first),
      load<f32>(first + bytes),
      load<f32>(first + 2 * bytes),
      load<f32>(first + 3 * bytes),
    );
    addFour(fourSums, load<u16>(buckets + (at >> 1)), v128.load_splat<f32>(signs + at), values);
  }
  for (let b: usize = 0; b < channelBuckets; b += 4) {
    transpose(fourSums + (b << 4), 16, sums + (b << 2), row);
  }
}

// @ts-ignore: decorator
@inline
function addFour(fourSums: usize, bucket: u32, sign: v128, values: v128): void {
  const place = fourSums + ((<usize>bucket) << 4);
  v128.store(place, f32x4.add(v128.load(place), f32x4.mul(sign, values)));
}

/** Four by four float32, between rows so many bytes apart. */
// @ts-ignore: decorator
@inline
function transpose(source: usize, sourceRow: usize, target: usize, targetRow: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + sourceRow);
  const c = v128.load(source + 2 * sourceRow);
  const d = v128.load(source + 3 * sourceRow);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(target + targetRow, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(target + 2 * targetRow, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(target + 3 * targetRow, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

/** The same of runs of one element. The sums of a bucket lie in a row. */
export function sketchRows<T>(
  start: usize,
  length: i32,
  sums: usize,
  buckets: usize,
  signs: usize,
  channels: i32,
  channel: i32,
  outer: i32,
): void {
  for (let done = 0; done < length;) {
    const count = min(length - done, channels - channel);
    const bucket = <usize>load<u16>(buckets + ((<usize>outer) << 1));
    const sign = load<f32>(signs + ((<usize>outer) << 2));
    const row = sums + ((bucket * <usize>channels + <usize>channel) << 2);
    addRow<T>(start + ((<usize>done) << alignof<T>()), count, sign, row);
    done += count;
    channel = 0;
    outer++;
  }
}

// @ts-ignore: decorator
@inline
function addRow<T>(start: usize, length: i32, sign: f32, sums: usize): void {
  let i: usize = 0;
  if (sizeof<T>() == 4) {
    const factor = f32x4.splat(sign);
    for (const whole = <usize>(length & ~3); i < whole; i += 4) {
      const place = sums + (i << 2);
      v128.store(place, f32x4.add(v128.load(place), f32x4.mul(factor, v128.load(start + (i << 2)))));
    }
  }
  for (; i < <usize>length; i++) {
    const place = sums + (i << 2);
    store<f32>(place, joined<T>(load<f32>(place), sign, load<T>(start + (i << alignof<T>()))));
  }
}

/** Adds elements of a row, times their signs, to the float64 sums of their buckets. */
export function sketchRow<T>(start: usize, length: i32, buckets: usize, signs: usize, sums: usize): void {
  for (let i: usize = 0; i < <usize>length; i++) {
    const place = sums + ((<usize>load<u16>(buckets + (i << 1))) << 3);
    const value = <f64>load<T>(start + (i << alignof<T>()));
    store<f64>(place, load<f64>(place) + <f64>load<f32>(signs + (i << 2)) * value);
  }
}

/**
 * The first channel from `earlier` on whose signs differ from those of `channel` in at most `differing` bits of a word, and
 * whose sketch of length 1 has a cosine of `least` or more with that; `channel` where none before it does.
 */
export function nextAlike(
  words: usize,
  sketches: usize,
  earlier: i32,
  channel: i32,
  differing: i32,
  least: f64,
): i32 {
  const own = load<u64>(words + ((<usize>channel) << 3));
  const sketch = sketches + (((<usize>channel) * channelBuckets) << 2);
  while (earlier < channel) {
    const place = words + ((<usize>earlier) << 3);
    if (channel - earlier >= 4) {
      const fewest = min(
        min(differingBits(load<u64>(place), own), differingBits(load<u64>(place, 8), own)),
        min(differingBits(load<u64>(place, 16), own), differingBits(load<u64>(place, 24), own)),
      );
      if (fewest > differing) {
        earlier += 4;
        continue;
      }
    }
    if (
      differingBits(load<u64>(place), own) <= differing &&
      product32(sketches + (((<usize>earlier) * channelBuckets) << 2), sketch, <i32>channelBuckets) >= least
    ) {
      return earlier;
    }
    earlier++;
  }
  return channel;
}

// @ts-ignore: decorator
@inline
function differingBits(a: u64, b: u64): i32 {
  return <i32>popcnt<u64>(a ^ b);
}
