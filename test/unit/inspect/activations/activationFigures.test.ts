import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadChannels, outlierRatio } from '../../../../src/inspect/activations/activationFigures.js';
import { ActivationAccumulator } from '../../../../src/tensor/activationStatistics.js';
import { plainKernel } from '../../../../src/tensor/measure.js';

function statisticsOf(
  data: readonly number[],
  shape: readonly number[] = [data.length],
  channelAxis: number | null = null,
) {
  const accumulator = new ActivationAccumulator({ channelAxis, stackedAxes: 0, parts: 0 }, plainKernel);
  accumulator.add({ elementType: 'float32', shape, data: Float32Array.from(data) });
  return accumulator.statistics()!;
}

describe('outlierRatio', () => {
  it('is the extreme over the 99.9th percentile of the magnitudes other than zero, within a bin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 20, maxLength: 3000 }),
        fc.integer({ min: 0, max: 5000 }),
        (values, zeros) => {
          const statistics = statisticsOf([...values, ...new Array<number>(zeros).fill(0)]);
          const magnitudes = values
            .map(Math.abs)
            .filter(Boolean)
            .sort((a, b) => a - b);
          const extreme = magnitudes.at(-1) ?? 0;
          if (extreme === 0 || statistics.min === statistics.max) {
            expect(outlierRatio(statistics)).toBe(1);
            return;
          }
          const { counts, min, max } = statistics.histogram;
          const width = (max - min) / counts.length;
          const beyond = Math.floor(magnitudes.length * 0.001);
          const needed = magnitudes[magnitudes.length - 1 - beyond]!;
          expect(outlierRatio(statistics)).toBeLessThanOrEqual(extreme / needed + 1e-9);
          expect(outlierRatio(statistics)).toBeGreaterThanOrEqual(Math.max(1, extreme / (needed + width)) - 1e-9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells a single far element from many', () => {
    const many = Array.from({ length: 4000 }, (_, i) => Math.sin(i));
    expect(outlierRatio(statisticsOf(many))).toBeLessThan(1.01);
    expect(outlierRatio(statisticsOf([...many, 50]))).toBeGreaterThan(45);
    expect(outlierRatio(statisticsOf([...many, -50]))).toBeGreaterThan(45);
  });

  it('is 1 for what is all the same, and unknown for what holds no number', () => {
    expect(outlierRatio(statisticsOf([0, 0]))).toBe(1);
    expect(outlierRatio(statisticsOf([7, 7]))).toBe(1);
    expect(outlierRatio(statisticsOf([NaN]))).toBeNaN();
  });
});

describe('deadChannels', () => {
  it('are those that are zero everywhere', () => {
    const { channels } = statisticsOf([0, 0, 1, 0, 0, 0], [1, 3, 2], 1);
    expect(deadChannels(channels!)).toEqual([0, 2]);
  });
});
