import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActivationAccumulator } from '../../../src/tensor/activationStatistics.js';
import { measure } from '../../../src/tensor/measure.js';
import { plainKernel } from '../../../src/tensor/measure.js';
import type { TensorArray } from '../../../src/tensor/tensor.js';

const tensor = (shape: readonly number[], data: readonly number[]): TensorArray => ({
  elementType: 'float32',
  shape,
  data: Float32Array.from(data),
});

function accumulated(runs: readonly TensorArray[], channelAxis: number | null = null, stackedAxes = 0) {
  const accumulator = new ActivationAccumulator({ channelAxis, stackedAxes, parts: 2 }, plainKernel);
  runs.forEach((run, i) => accumulator.add(run, i % 2));
  return accumulator.statistics();
}

const element = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) }),
  fc.constantFrom(0, NaN, Infinity, -Infinity),
);
const runsOf = (shape: readonly number[]) => {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = fc.array(element, { minLength: length, maxLength: length });
  return fc.array(
    data.map((each) => tensor(shape, each)),
    { minLength: 1, maxLength: 6 },
  );
};

describe('ActivationAccumulator', () => {
  it('knows of many runs what measuring one tensor of them all tells', async () => {
    await fc.assert(
      fc.asyncProperty(runsOf([2, 3, 4]), async (runs) => {
        const found = accumulated(runs, 1)!;
        const data = Float32Array.from(runs.flatMap((run) => [...(run.data as Float32Array)]));
        const shape = [runs.length * 2, 3, 4];
        const chunks = async function* () {
          yield data;
        };
        const whole = await measure({ shape, chunks }, { axis: 1 });
        const { count, min, max, zeros, nans, infinities, negativeInfinities } = whole;
        expect(found).toMatchObject({ count, min, max, zeros, nans, infinities, negativeInfinities });
        const scale = Math.max(Math.abs(min), Math.abs(max)) || 1;
        for (const figure of ['mean', 'std'] as const) {
          if (Number.isNaN(whole[figure])) expect(found[figure]).toBeNaN();
          else expect(Math.abs(found[figure] - whole[figure]) / scale).toBeLessThan(1e-12);
        }
        expect([...found.channels!.min]).toEqual([...(whole.channels!.min as Float64Array)]);
        expect([...found.channels!.max]).toEqual([...(whole.channels!.max as Float64Array)]);
        const counted = found.histogram.counts.reduce((sum, each) => sum + each, 0);
        expect(counted).toBe(count - nans - infinities);
      }),
      { numRuns: 60 },
    );
  });

  it('tells how often each channel is zero', () => {
    const { channels } = accumulated(
      [tensor([1, 3, 2], [0, 1, 0, 0, 2, 3]), tensor([1, 3, 2], [4, 0, 0, 0, 5, 6])],
      1,
    )!;
    expect(channels).toEqual({
      axis: 1,
      min: Float64Array.of(0, 0, 2),
      max: Float64Array.of(4, 0, 6),
      zeros: Float64Array.of(2, 4, 0),
      elements: 4,
    });
    expect([...accumulated([tensor([2, 2], [0, 1, 0, 0])], -1)!.channels!.zeros]).toEqual([2, 1]);
  });

  it('takes tensors whose other sizes change, and drops the channels where their number does', () => {
    const { channels, shape, count } = accumulated(
      [tensor([1, 2, 1], [1, -1]), tensor([1, 2, 3], [0, 5, 2, -9, 0, 0])],
      1,
    )!;
    expect([shape, count]).toEqual([[1, 2, 1], 8]);
    expect(channels).toMatchObject({ min: Float64Array.of(0, -9), max: Float64Array.of(5, 0), elements: 4 });
    expect(accumulated([tensor([1, 2], [1, 2]), tensor([1, 3], [1, 2, 3])], 1)!.channels).toBeNull();
    expect(accumulated([tensor([2], [1, 2])], 1)!.channels).toBeNull();
  });

  it('leaves the rounds of a loop out of the shape and the channels', () => {
    const rounds = tensor([2, 1, 2], [1, 2, 3, 4]);
    expect(accumulated([rounds], 1, 1)).toMatchObject({
      shape: [1, 2],
      channels: { axis: 1, max: Float64Array.of(3, 4) },
    });
    expect(accumulated([rounds], -1, 1)).toMatchObject({ channels: { axis: 1, max: Float64Array.of(3, 4) } });
    expect(accumulated([rounds], -3, 1)!.channels).toBeNull();
  });

  it('tells the range of each part of the samples, infinities included', () => {
    const runs = [tensor([2], [1, Infinity]), tensor([2], [NaN, NaN]), tensor([2], [-3, 0])];
    expect(accumulated(runs)!.parts).toEqual([
      { min: -3, max: Infinity },
      { min: NaN, max: NaN },
    ]);
  });

  it('reads float16 codes as the numbers they are', () => {
    const halves: TensorArray = { elementType: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) };
    expect(accumulated([halves])).toMatchObject({ min: -2, max: 1, elementType: 'float16' });
  });

  it('knows nothing before a run gave an element', () => {
    expect(accumulated([])).toBeNull();
    expect(accumulated([tensor([0, 4], [])])).toBeNull();
  });
});
