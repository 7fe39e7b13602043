import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClippedWeight, ClippingSettings } from '../../../src/inspect/clipping.js';
import { bestClipping, clippingEffect } from '../../../src/inspect/clipping.js';
import { integerGrid } from '../../../src/inspect/integerGrid.js';
import { measure } from '../../../src/tensor/measure.js';

/** Normal numbers from a seed (mulberry32, Box-Muller). */
function normal(seed: number): () => number {
  const uniform = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

async function weightOf(numbers: Float64Array, shape: number[] = [numbers.length], axis: number | null = null) {
  async function* chunks() {
    yield numbers;
  }
  return measure({ shape, chunks }, { axis });
}

/** What quantizing and dequantizing every number does, and the numbers themselves. */
function direct(numbers: Float64Array, settings: ClippingSettings) {
  const { scale, first, last, min, max } = integerGrid(settings);
  const codes = new Set<number>();
  let error = 0;
  let low = 0;
  let high = 0;
  for (const value of numbers) {
    const code = Math.min(last, Math.max(first, Math.round(value / scale)));
    codes.add(code);
    error += (value - code * scale) ** 2 / numbers.length;
    if (value < min) low += 1 / numbers.length;
    if (value > max) high += 1 / numbers.length;
  }
  return { error, low, high, codes: codes.size, scale };
}

const total = (effect: { clippingError: number; roundingError: number }) => effect.clippingError + effect.roundingError;

const drawn = fc.record({
  numbers: fc.array(
    fc.double({ min: -4, max: 4, noNaN: true }).map((value) => (Math.abs(value) < 1e-100 ? 0 : value)),
    {
      minLength: 1,
      maxLength: 200,
    },
  ),
  bits: fc.integer({ min: 2, max: 16 }),
  symmetric: fc.boolean(),
  ends: fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })),
});

describe('clippingEffect, per tensor', () => {
  it('lies within the resolution of the histogram of quantizing and dequantizing every weight', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ({ numbers, bits, symmetric, ends }) => {
        const values = Float64Array.from(numbers);
        const weight = await weightOf(values);
        const settings = { bits, symmetric, perChannel: false, min: Math.min(...ends), max: Math.max(...ends) };
        const effect = clippingEffect(weight, settings);
        const exact = direct(values, settings);

        // Within a bin the error's slope is at most twice the distance to the code.
        const bin = (weight.max - weight.min) / 2048;
        const farthest = Math.max(exact.scale / 2, 9);
        const slope = 2 * (Math.max(exact.low, exact.high) > 0 ? farthest : exact.scale);
        expect(Math.abs(total(effect) - exact.error)).toBeLessThanOrEqual(slope * bin + bin * bin + 1e-12);

        // Only the bins at the ends of the range are in doubt.
        const inDoubt = (end: number) =>
          values.filter((value) => Math.abs(value - end) <= bin * 1.001).length / values.length;
        const grid = integerGrid(settings);
        expect(Math.abs(effect.clippedLow - exact.low)).toBeLessThanOrEqual(inDoubt(grid.min) + 1e-9);
        expect(Math.abs(effect.clippedHigh - exact.high)).toBeLessThanOrEqual(inDoubt(grid.max) + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it('foretells error and codes of normal weights closely at any width', async () => {
    const draw = normal(1);
    const values = Float64Array.from({ length: 50_000 }, () => draw() * 0.05 + 0.01);
    const weight = await weightOf(values);
    for (const bits of [2, 3, 4, 6, 8, 12, 16]) {
      for (const symmetric of [true, false]) {
        const settings = { bits, symmetric, perChannel: false, min: -0.12, max: 0.13 };
        const effect = clippingEffect(weight, settings);
        const exact = direct(values, settings);
        expect(total(effect) / exact.error).toBeCloseTo(1, 2);
        expect(effect.sqnrDb).toBeCloseTo(10 * Math.log10((weight.std ** 2 + weight.mean ** 2) / exact.error), 1);
        expect(Math.abs(effect.codes - effect.unusedCodes - exact.codes) / effect.codes).toBeLessThan(0.01);
      }
    }
  });

  it('takes exact zeros for what they are', async () => {
    const draw = normal(2);
    const values = Float64Array.from({ length: 20_000 }, (_, i) => (i % 10 === 0 ? draw() : 0));
    const settings = { bits: 8, symmetric: true, perChannel: false, min: -4, max: 4 };
    const effect = clippingEffect(await weightOf(values), settings);
    expect(total(effect) / direct(values, settings).error).toBeCloseTo(1, 1);
  });

  it('splits the error into what is clipped and what is rounded', async () => {
    const draw = normal(3);
    const weight = await weightOf(Float64Array.from({ length: 20_000 }, draw));
    const whole = clippingEffect(weight, {
      bits: 8,
      symmetric: true,
      perChannel: false,
      min: weight.min,
      max: weight.max,
    });
    expect(whole).toMatchObject({ clippedLow: 0, clippedHigh: 0, clippingError: 0, zeroPoint: 0, codes: 255 });
    expect(whole.roundingError / (whole.scale ** 2 / 12)).toBeCloseTo(1, 1);
    const tight = clippingEffect(weight, { bits: 8, symmetric: true, perChannel: false, min: -1, max: 1 });
    expect(tight.clippedLow + tight.clippedHigh).toBeCloseTo(0.317, 1);
    expect(tight.clippingError).toBeGreaterThan(100 * tight.roundingError);
  });

  it('widens an asymmetric range to hold zero, and finds its zero point', async () => {
    const weight = await weightOf(Float64Array.of(1, 2, 3));
    const effect = clippingEffect(weight, { bits: 8, symmetric: false, perChannel: false, min: 1, max: 3 });
    expect(effect).toMatchObject({ zeroPoint: 0, scale: 3 / 255, codes: 256, unusedCodes: 253, clippedLow: 0 });
    const both = clippingEffect(weight, { bits: 4, symmetric: false, perChannel: false, min: -1, max: 2 });
    expect(both).toMatchObject({ zeroPoint: 5, scale: 0.2, codes: 16 });
  });

  it('answers for weights that are all equal, all zero, or not there', async () => {
    const settings = { bits: 8, symmetric: true, perChannel: false };
    const equal = await weightOf(new Float64Array(9).fill(-0.3));
    expect(clippingEffect(equal, { ...settings, min: -0.3, max: -0.3 })).toMatchObject({
      clippedLow: 0,
      unusedCodes: 254,
    });
    expect(total(clippingEffect(equal, { ...settings, min: -0.3, max: -0.3 }))).toBeLessThan(1e-30);
    expect(clippingEffect(equal, { ...settings, min: -0.1, max: 0.1 }).clippingError).toBeCloseTo(0.04, 12);

    const zero = clippingEffect(await weightOf(new Float64Array(9)), { ...settings, min: 0, max: 0 });
    expect(zero).toMatchObject({ clippedLow: 0, clippedHigh: 0, roundingError: 0, sqnrDb: NaN, unusedCodes: 254 });
    const none = clippingEffect(await weightOf(new Float64Array(0)), { ...settings, min: 0, max: 0 });
    expect(none).toMatchObject({ clippedLow: 0, clippingError: 0, roundingError: 0, sqnrDb: NaN, unusedCodes: 255 });
  });
});

describe('clippingEffect, per channel', () => {
  it('is near quantizing every channel on its own, where channels differ and weights are normal', async () => {
    const [channels, each] = [24, 600];
    const draw = normal(4);
    const values = Float64Array.from({ length: channels * each }, (_, i) => draw() * 2 ** (-Math.floor(i / each) / 4));
    const weight = await weightOf(values, [channels, each], 0);
    for (const bits of [4, 6, 8]) {
      for (const symmetric of [true, false]) {
        const settings = { bits, symmetric, perChannel: true, min: weight.min, max: weight.max };
        let error = 0;
        for (let i = 0; i < channels; i++) {
          const channel = values.subarray(i * each, (i + 1) * each);
          const range = { min: weight.channels!.min[i]!, max: weight.channels!.max[i]! };
          error += direct(channel, { ...settings, ...range }).error / channels;
        }
        const effect = clippingEffect(weight, settings);
        expect(total(effect) / error).toBeGreaterThan(0.9);
        expect(total(effect) / error).toBeLessThan(1.1);
        expect(effect.scale / effect.narrowestScale).toBeGreaterThan(30);
        expect(effect.sqnrDb).toBeGreaterThan(clippingEffect(weight, { ...settings, perChannel: false }).sqnrDb + 3);
      }
    }
  });

  it('clips channels to the range and leaves narrower ones as they are', async () => {
    const weight = await weightOf(Float64Array.of(-8, 8, -1, 1, 0, 0), [3, 2], 0);
    const effect = clippingEffect(weight, { bits: 8, symmetric: true, perChannel: true, min: -4, max: 4 });
    expect(effect).toMatchObject({
      scale: 4 / 127,
      narrowestScale: 0,
      zeroPoint: 0,
      clippedLow: 1 / 6,
      clippedHigh: 1 / 6,
    });
    expect(effect.clippingError).toBeCloseTo(32 / 6, 1);
    const channel = clippingEffect(weight, { bits: 8, symmetric: false, perChannel: true, min: -4, max: 4 });
    expect(channel.zeroPoint).toBeNull();
  });

  it('counts the codes in use where bins are narrow against the step and hold many weights', () => {
    const counts = new Float64Array(2048).fill(20_000);
    const histogram = { min: -1, max: 1, counts };
    const weight = { mean: 0, std: 1 / Math.sqrt(3), zeros: 0, histogram, channels: null };
    for (const bits of [2, 4, 8, 16]) {
      const { codes, unusedCodes } = clippingEffect(weight, {
        bits,
        symmetric: true,
        perChannel: false,
        min: -1,
        max: 1,
      });
      expect([codes, unusedCodes]).toEqual([2 ** bits - 1, 0]);
    }
  });

  it('falls back to one grid where channels are not known', async () => {
    const weight = await weightOf(Float64Array.of(-1, 0.5, 1));
    const settings = { bits: 8, symmetric: true, min: -1, max: 1 };
    expect(clippingEffect(weight, { ...settings, perChannel: true })).toEqual(
      clippingEffect(weight, { ...settings, perChannel: false }),
    );
  });
});

describe('bestClipping', () => {
  async function heavyTailed(): Promise<ClippedWeight> {
    const draw = normal(5);
    return weightOf(Float64Array.from({ length: 30_000 }, (_, i) => (i % 300 === 0 ? 8 * draw() : draw())));
  }

  it('has no more error than the whole range or any of many others', async () => {
    const weight = await heavyTailed();
    for (const symmetric of [true, false]) {
      for (const bits of [2, 4, 8]) {
        const settings = { bits, symmetric, perChannel: false };
        const best = total(clippingEffect(weight, { ...settings, ...bestClipping(weight, settings) }));
        const { min, max } = weight.histogram;
        for (let part = 1; part <= 50; part++) {
          const other = clippingEffect(weight, { ...settings, min: (min * part) / 50, max: (max * part) / 50 });
          expect(best).toBeLessThanOrEqual(total(other) * 1.02);
        }
      }
    }
  });

  it('finds the optimum known for normal weights at 4 bits', async () => {
    // Of 15 evenly spaced levels; between the steps for 14 and 16 (Max, "Quantizing for minimum distortion", 1960, table II).
    const draw = normal(6);
    const weight = await weightOf(Float64Array.from({ length: 200_000 }, draw));
    const { max } = bestClipping(weight, { bits: 4, symmetric: true, perChannel: false });
    const step = max / 7;
    expect(step).toBeGreaterThan(0.3352);
    expect(step).toBeLessThan(0.3739);
  });

  it('stays inside the range of the weights, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async ({ numbers, bits, symmetric }) => {
        const weight = await weightOf(Float64Array.from(numbers));
        const best = bestClipping(weight, { bits, symmetric, perChannel: false });
        expect(best.min).toBeGreaterThanOrEqual(weight.min);
        expect(best.max).toBeLessThanOrEqual(weight.max);
        const whole = clippingEffect(weight, { bits, symmetric, perChannel: false, min: weight.min, max: weight.max });
        const clipped = clippingEffect(weight, { bits, symmetric, perChannel: false, ...best });
        expect(total(clipped)).toBeLessThanOrEqual(total(whole) + 1e-12);
      }),
    );
  });
});
