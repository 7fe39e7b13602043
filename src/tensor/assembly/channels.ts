/**
 * Ranges of channels: the compiled twin of ../channelRanges.ts. `lows` and `highs` are a float64 each channel. Elements
 * stand in row-major order: `run` of a channel, then `run` of the next, after the last the first again.
 */
import { addBlock, blockMax, blockMin, momentsBlock } from './moments';

/** Adds elements to a state of moments in blocks that end with their channel, and widens the channels by the blocks' extremes. */
export function momentsByRun<T>(
  start: usize,
  length: i32,
  state: usize,
  lows: usize,
  highs: usize,
  channels: i32,
  firstChannel: i32,
  run: i32,
  leftOfRun: i32,
): void {
  let channel = firstChannel;
  let left = leftOfRun;
  for (let done = 0; done < length;) {
    const count = min(min(left, length - done), momentsBlock);
    addBlock<T>(start + (<usize>done) * sizeof<T>(), count, state);
    widen(lows, highs, channel, blockMin, blockMax);
    done += count;
    left -= count;
    if (left == 0) {
      left = run;
      if (++channel == channels) channel = 0;
    }
  }
}

/** Widens the channels by elements of short runs. `finite`: every element is. */
export function widenRuns<T>(
  start: usize,
  length: i32,
  lows: usize,
  highs: usize,
  channels: i32,
  firstChannel: i32,
  run: i32,
  leftOfRun: i32,
  finite: bool,
): void {
  let channel = firstChannel;
  let left = leftOfRun;
  const lanes: i32 = 16 / sizeof<T>();
  for (let done = 0; done < length;) {
    const count = min(left, length - done);
    const end = start + (<usize>(done + count)) * sizeof<T>();
    let at = start + (<usize>done) * sizeof<T>();
    let least: f64 = Infinity;
    let greatest: f64 = -Infinity;
    if (finite && count >= 2 * lanes) {
      let lo = v128.load(at);
      let hi = lo;
      for (const last = end - 16; at <= last; at += 16) {
        const v = v128.load(at);
        lo = v128.pmin<T>(lo, v);
        hi = v128.pmax<T>(hi, v);
      }
      for (let lane: usize = 0; lane < 16; lane += sizeof<T>()) {
        v128.store(scratch, lo);
        least = min(least, <f64>load<T>(scratch + lane));
        v128.store(scratch, hi);
        greatest = max(greatest, <f64>load<T>(scratch + lane));
      }
    }
    for (; at < end; at += sizeof<T>()) {
      const value = <f64>load<T>(at);
      if (value < least && value != -Infinity) least = value;
      if (value > greatest && value != Infinity) greatest = value;
    }
    widen(lows, highs, channel, least, greatest);
    done += count;
    left = run;
    if (++channel == channels) channel = 0;
  }
}

/** Sixteen bytes that nobody else writes to: those that stand for no address. */
const scratch: usize = 0;

// @ts-ignore: decorator
@inline
function widen(lows: usize, highs: usize, channel: i32, least: f64, greatest: f64): void {
  const at = (<usize>channel) << 3;
  store<f64>(lows + at, min(load<f64>(lows + at), least));
  store<f64>(highs + at, max(load<f64>(highs + at), greatest));
}

/** Rows that are gone through at once, so that a channel's range is loaded and stored once for all of them. */
const rowsAtOnce: i32 = 8;

/** Widens the channels by whole rows of one element a channel. All elements must be finite. */
export function widenRows<T>(start: usize, rows: i32, lows: usize, highs: usize, channels: i32): void {
  const row = (<usize>channels) * sizeof<T>();
  const lanes: i32 = 16 / sizeof<T>();
  const whole = channels & ~(lanes - 1);
  let done = 0;
  for (; done + rowsAtOnce <= rows; done += rowsAtOnce) {
    const first = start + (<usize>done) * row;
    for (let channel = 0; channel < whole; channel += lanes) {
      let at = first + (<usize>channel) * sizeof<T>();
      let least = v128.load(at);
      let greatest = least;
      for (let i = 1; i < rowsAtOnce; i++) {
        at += row;
        const v = v128.load(at);
        least = v128.pmin<T>(least, v);
        greatest = v128.pmax<T>(greatest, v);
      }
      const place = (<usize>channel) << 3;
      if (sizeof<T>() == 4) {
        lower(lows + place, f64x2.promote_low_f32x4(least));
        lower(lows + place + 16, f64x2.promote_low_f32x4(v128.shuffle<i64>(least, least, 1, 1)));
        raise(highs + place, f64x2.promote_low_f32x4(greatest));
        raise(highs + place + 16, f64x2.promote_low_f32x4(v128.shuffle<i64>(greatest, greatest, 1, 1)));
      } else {
        lower(lows + place, least);
        raise(highs + place, greatest);
      }
    }
    for (let channel = whole; channel < channels; channel++) {
      let at = first + (<usize>channel) * sizeof<T>();
      for (let i = 0; i < rowsAtOnce; i++, at += row) widen(lows, highs, channel, <f64>load<T>(at), <f64>load<T>(at));
    }
  }
  widenRuns<T>(start + (<usize>done) * row, (rows - done) * channels, lows, highs, channels, 0, 1, 1, true);
}

// @ts-ignore: decorator
@inline
function lower(at: usize, least: v128): void {
  v128.store(at, f64x2.pmin(v128.load(at), least));
}

// @ts-ignore: decorator
@inline
function raise(at: usize, greatest: v128): void {
  v128.store(at, f64x2.pmax(v128.load(at), greatest));
}
