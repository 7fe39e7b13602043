import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measure } from '../../../src/tensor/measure.js';
import type { NumberSource } from '../../../src/tensor/measure.js';
import type { Numbers } from '../../../src/tensor/statistics.js';

function source(shape: readonly number[], numbers: Numbers, chunkLength = 7): NumberSource & { reads: number } {
  return {
    shape,
    reads: 0,
    async *chunks() {
      this.reads++;
      for (let start = 0; start < numbers.length; start += chunkLength) yield numbers.slice(start, start + chunkLength);
    },
  };
}

/** The ranges of channels by index arithmetic, one element at a time. */
function channelsOf(shape: readonly number[], axis: number, numbers: Numbers) {
  const min = Array.from({ length: shape[axis]! }, () => NaN);
  const max = [...min];
  numbers.forEach((value, at) => {
    let rest = at;
    let channel = 0;
    for (let dimension = shape.length - 1; dimension >= axis; dimension--) {
      channel = rest % shape[dimension]!;
      rest = Math.floor(rest / shape[dimension]!);
    }
    if (!Number.isFinite(value)) return;
    if (!(value >= min[channel]!)) min[channel] = value;
    if (!(value <= max[channel]!)) max[channel] = value;
  });
  // -0 is told as 0
  return { axis, min: min.map((value) => value + 0), max: max.map((value) => value + 0) };
}

describe('measure', () => {
  it('finds the range of every channel along any axis, wherever the chunks are cut', async () => {
    const cases = fc
      .tuple(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
      )
      .chain(([shape, axis, chunk, wide]) => {
        const length = shape.reduce((a, b) => a * b, 1);
        const values = fc.array(fc.float(), { minLength: length, maxLength: length });
        return values.map((numbers) => ({
          shape,
          axis: axis % shape.length,
          chunk,
          numbers: wide ? Float64Array.from(numbers) : Float32Array.from(numbers),
        }));
      });
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, axis, chunk, numbers }) => {
        const { channels } = await measure(source(shape, numbers, chunk), { axis });
        const expected = channelsOf(shape, axis, numbers);
        expect({ axis: channels?.axis, min: Array.from(channels!.min), max: Array.from(channels!.max) }).toEqual(
          expected,
        );
      }),
      { numRuns: 400 },
    );
  });

  it('measures tensors without elements, without finite elements, with one, and with equal ones', async () => {
    const empty = await measure(source([0, 3], new Float32Array(0)), { axis: 1 });
    expect(empty).toMatchObject({ count: 0, min: NaN, max: NaN, mean: NaN, std: NaN, kurtosis: NaN, zeros: 0 });
    expect(empty.channels).toBeNull();

    const none = await measure(source([3], Float32Array.of(NaN, -Infinity, Infinity)));
    expect(none).toMatchObject({ count: 3, nans: 1, infinities: 2, negativeInfinities: 1, min: NaN, mean: NaN });
    expect(none.histogram.min).toBeNaN();

    const one = await measure(source([], Float32Array.of(-2.5)));
    expect(one).toMatchObject({ count: 1, min: -2.5, max: -2.5, mean: -2.5, std: 0, kurtosis: NaN });
    expect(one.histogram.counts[1024]).toBe(1);
    expect(one.channels).toBeNull();

    const equal = await measure(source([4], new Float64Array(4).fill(0.1)));
    expect(equal).toMatchObject({ mean: 0.1, std: 0, kurtosis: NaN });
    expect(equal.histogram.counts[1024]).toBe(4);
  });

  it('has a histogram of as many bins as asked for that holds every finite element', async () => {
    const numbers = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i));
    const { histogram } = await measure(source([1000], numbers), { bins: 64 });
    expect(histogram.counts.length).toBe(64);
    expect(Array.from(histogram.counts).reduce((a, b) => a + b)).toBe(1000);
  });

  it('reports progress that ends at 1, and reads small tensors once', async () => {
    const fractions: number[] = [];
    const read = source([20], new Float32Array(20));
    await measure(read, { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(read.reads).toBe(1);
  });

  it('reads large tensors again for the histogram instead of keeping them', async () => {
    const large = source([5 << 20], new Float32Array(5 << 20).fill(1), 1 << 20);
    const { histogram } = await measure(large);
    expect(large.reads).toBe(2);
    expect(histogram.counts[1024]).toBe(5 << 20);
  });

  it('stops at the chunk during which it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let chunks = 0;
    const cancelled = measure(source([100], new Float32Array(100)), {
      signal: controller.signal,
      onProgress: () => {
        if (++chunks === 3) controller.abort(reason);
      },
    });
    await expect(cancelled).rejects.toBe(reason);
    expect(chunks).toBe(3);
  });

  it('measures with another kernel', async () => {
    const seen: string[] = [];
    const kernel = {
      ...(await import('../../../src/tensor/measure.js')).plainKernel,
      widenChannels: () => void seen.push('channels'),
    };
    const { channels } = await measure(source([2, 3], new Float32Array(6)), { axis: 0, kernel });
    expect(seen).toEqual(['channels']);
    expect(Array.from(channels!.min)).toEqual([NaN, NaN]);
  });
});
