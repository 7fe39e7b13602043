import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyChannelExtremes, widenChannels } from '../../../src/tensor/channelRanges.js';
import { compiledKernel } from '../../../src/tensor/compiledKernel.js';
import { CompiledKernels } from '../../../src/tensor/compiledKernels.js';
import { CompiledCounts } from '../../../src/tensor/compiledMeasure.js';
import { countInto, emptyBins } from '../../../src/tensor/histogram.js';
import binary from '../../../src/tensor/kernels.wasm';
import { measure, plainKernel } from '../../../src/tensor/measure.js';
import type { Moments, Numbers } from '../../../src/tensor/statistics.js';
import { finiteCount, momentsOf } from '../../../src/tensor/statistics.js';

const kernels = new CompiledKernels(binary);
const compiled = compiledKernel(kernels);

/** A few numbers that are repeated to a length: drawing, and printing, thousands of them one by one is slow. */
interface Repeated {
  readonly wide: boolean;
  readonly some: readonly number[];
  readonly length: number;
}

function numbersOf({ wide, some, length }: Repeated): Numbers {
  const at = (_: unknown, i: number) => some[(i * 7 + (i >> 6)) % some.length]!;
  return wide ? Float64Array.from({ length }, at) : Float32Array.from({ length }, at);
}

/** Numbers as weights have them, and as they should not: all floats there are, few different ones, an offset far from 0. */
function repeated(wide: boolean, maxLength: number): fc.Arbitrary<Repeated> {
  const any = wide ? fc.double() : fc.float();
  const odd = fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, -1e-40, 3.4028234663852886e38);
  const near = (middle: number, width: number) =>
    fc.double({ min: -1, max: 1, noNaN: true }).map((x) => middle + x * width);
  const element = fc.oneof(
    fc.constant(any),
    fc.constant(odd),
    fc.constant(near(0, 0.1)),
    fc.constant(near(1e6, 1e-2)),
    fc.constant(fc.oneof({ weight: 30, arbitrary: near(0, 1) }, odd)),
    fc.constant(fc.constant(0.1)),
  );
  const some = element.chain((of) => fc.array(of, { minLength: 1, maxLength: 60 }));
  return fc.record({ wide: fc.constant(wide), some, length: fc.nat({ max: maxLength }) });
}

const anyNumbers = (maxLength: number) => fc.boolean().chain((wide) => repeated(wide, maxLength));

function expectSameMoments(found: Moments, expected: Moments): void {
  for (const field of ['count', 'nans', 'positiveInfinities', 'negativeInfinities', 'zeros', 'min', 'max'] as const) {
    expect(found[field]).toBe(expected[field]);
  }
  const n = finiteCount(expected);
  if (n === 0) return;
  const reach = Math.max(Math.abs(expected.min), Math.abs(expected.max));
  // Past 1e70 the powers overflow, at other places in the two.
  if (reach > 1e70) return;
  /** Past it numbers lose their digits. */
  const tiny = 1e-300;
  const spread = expected.max - expected.min;
  expect(Math.abs(found.mean + found.meanTail - expected.mean - expected.meanTail)).toBeLessThanOrEqual(
    1e-13 * reach + tiny,
  );
  // Of numbers that float64 tells apart only barely, the deviations have no more digits than that.
  const coarse = 1e-15 * reach;
  const close = (a: number, b: number, unit: number) =>
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-11 * Math.abs(b) + unit + tiny);
  close(found.m2, expected.m2, n * spread * coarse);
  close(found.m3, expected.m3, n * spread ** 2 * (coarse + 1e-11 * spread));
  close(found.m4, expected.m4, n * spread ** 3 * coarse);
}

describe('the compiled kernel', () => {
  it('finds the moments that the plain one finds', () => {
    fc.assert(
      fc.property(anyNumbers(10_000), (drawn) => {
        const values = numbersOf(drawn);
        expectSameMoments(compiled.momentsOf(values), momentsOf(values));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its accuracy where blocks lie far from each other', () => {
    for (const step of [1, 1e3, 1e9]) {
      const values = Float64Array.from({ length: 50_000 }, (_, i) => Math.floor(i / 5000) * step + Math.sin(i));
      const [found, expected] = [compiled.momentsOf(values), momentsOf(values)];
      for (const field of ['mean', 'm2', 'm4'] as const) {
        expect(Math.abs(found[field] / expected[field] - 1)).toBeLessThan(1e-13);
      }
    }
  });

  it('puts every number into the bin that the plain one puts it', () => {
    const bins = fc.constantFrom(1, 2, 7, 64, 1000, 2048, 4096);
    fc.assert(
      fc.property(anyNumbers(3000), bins, (drawn, count) => {
        const values = numbersOf(drawn);
        const { min, max } = momentsOf(values);
        const [found, expected] = [emptyBins(min, max, count), emptyBins(min, max, count)];
        compiled.countInto(found, values);
        countInto(expected, values);
        expect(found.counts).toEqual(expected.counts);
      }),
      { numRuns: 400 },
    );
  });

  it('counts the same where it is told that all numbers lie between the bounds', () => {
    const values = Float32Array.from({ length: 20_011 }, (_, i) => Math.sin(i) * Math.exp(Math.cos(i / 7)));
    const { min, max } = momentsOf(values);
    const [found, expected] = [emptyBins(min, max, 2048), emptyBins(min, max, 2048)];
    countInto(expected, values);
    kernels.scoped(() => {
      const counts = new CompiledCounts(kernels, found);
      const address = kernels.reserve(values.byteLength);
      kernels.float32(address, values.length).set(values);
      counts.add({ address, length: values.length, wide: false }, true);
      expect(counts.total()).toEqual(expected.counts);
    });
  });

  it('tells bins a power of two wide by a product alone, to the last number', () => {
    const width = fc.integer({ min: -60, max: 20 }).map((exponent) => 2 ** exponent);
    const first = fc.integer({ min: -5000, max: 5000 });
    fc.assert(
      fc.property(width, first, fc.constantFrom(4, 64, 2048), (each, begin, count) => {
        const [min, max] = [begin * each, (begin + count) * each];
        const { edges } = emptyBins(min, max, count);
        const values = new Float32Array(3 * edges.length);
        const bits = new Int32Array(values.buffer);
        edges.forEach((edge, i) => {
          values.fill(edge, 3 * i, 3 * i + 3);
          bits[3 * i]! -= 1;
          bits[3 * i + 2]! += 1;
        });
        const inside = values.filter((value) => value >= min && value <= max);
        const [found, expected] = [emptyBins(min, max, count), emptyBins(min, max, count)];
        compiled.countInto(found, inside, true);
        countInto(expected, inside);
        expect(found.counts).toEqual(expected.counts);
      }),
      { numRuns: 300 },
    );
  });

  it('puts numbers at, beside and beyond the edges where they belong', () => {
    const bound = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(bound, bound, fc.constantFrom(5, 64, 2048), (a, b, count) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const { edges } = emptyBins(min, max, count);
        const values = new Float32Array(3 * edges.length + 2);
        const bits = new Int32Array(values.buffer);
        edges.forEach((edge, i) => {
          values.fill(edge, 3 * i, 3 * i + 3);
          bits[3 * i]! -= 1;
          bits[3 * i + 2]! += 1;
        });
        values.set([-3.4e38, 3.4e38], values.length - 2);
        const [found, expected] = [emptyBins(min, max, count), emptyBins(min, max, count)];
        compiled.countInto(found, values);
        countInto(expected, values);
        expect(found.counts).toEqual(expected.counts);
      }),
      { numRuns: 300 },
    );
  });

  it('counts bins between bounds that are no float32', () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i));
    const [found, expected] = [emptyBins(-0.1, 0.7, 100), emptyBins(-0.1, 0.7, 100)];
    compiled.countInto(found, values);
    countInto(expected, values);
    expect(found.counts).toEqual(expected.counts);
  });

  it('widens the channels as the plain one does, along any axis, wherever the chunk begins', () => {
    const shapes = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 900, max: 5000 })),
      fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 70 })),
    );
    const cases = fc.tuple(shapes, fc.nat(), fc.nat(), anyNumbers(12_000));
    fc.assert(
      fc.property(cases, ([shape, at, first, drawn]) => {
        const axis = at % shape.length;
        const total = shape.reduce((a, b) => a * b, 1);
        const position = first % total;
        const chunk = numbersOf(drawn).subarray(0, total - position);
        const [found, expected] = [emptyChannelExtremes(shape, axis), emptyChannelExtremes(shape, axis)];
        compiled.widenChannels(found, chunk, position);
        widenChannels(expected, chunk, position);
        // -0 and 0 are the same extreme.
        const plain = (of: Float64Array) => of.map((value) => value + 0);
        expect([plain(found.min), plain(found.max)]).toEqual([plain(expected.min), plain(expected.max)]);
      }),
      { numRuns: 500 },
    );
  });

  it('measures a tensor as the plain one does', async () => {
    const values = Float32Array.from({ length: 64 * 1500 }, (_, i) => Math.fround(Math.sin(i) ** 3));
    const source = {
      shape: [64, 1500],
      async *chunks() {
        for (let start = 0; start < values.length; start += 10_001) yield values.slice(start, start + 10_001);
      },
    };
    for (const axis of [0, 1, null]) {
      const found = await measure(source, { axis, kernel: compiled });
      const expected = await measure(source, { axis, kernel: plainKernel });
      for (const field of ['mean', 'std', 'kurtosis'] as const) expect(found[field]).toBeCloseTo(expected[field], 13);
      const exact = { mean: 0, std: 0, kurtosis: 0 };
      expect({ ...found, ...exact }).toEqual({ ...expected, ...exact });
    }
  });

  it('gives its memory back', () => {
    const before = kernels.scoped(() => kernels.reserve(1));
    compiled.momentsOf(new Float32Array(1000));
    expect(() => kernels.scoped(() => new CompiledCounts(kernels, emptyBins(0, 1, -1)))).toThrow();
    expect(kernels.scoped(() => kernels.reserve(1))).toBe(before);
  });
});
