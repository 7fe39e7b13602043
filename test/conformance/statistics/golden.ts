import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { TensorStatistics } from '../../../src/tensor/measure.js';

type GoldenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** What generate.py writes of one tensor. */
export interface GoldenStatistics {
  count: number;
  zeros: number;
  nans: number;
  infinities: number;
  negativeInfinities: number;
  min: GoldenNumber;
  max: GoldenNumber;
  mean: GoldenNumber;
  std: GoldenNumber;
  kurtosis: GoldenNumber;
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/statistics/${name}`, import.meta.url));
}

/** Counts and extremes to the bit, the moments to 1e-12 of what they are relative to. */
export function expectGolden(actual: TensorStatistics, golden: GoldenStatistics): void {
  const { count, zeros, nans, infinities, negativeInfinities } = golden;
  expect(actual).toMatchObject({ count, zeros, nans, infinities, negativeInfinities });
  expect([actual.min, actual.max]).toEqual([Number(golden.min), Number(golden.max)]);
  near(actual.mean, Number(golden.mean), Math.abs(Number(golden.mean)) + Number(golden.std));
  near(actual.std, Number(golden.std), Number(golden.std));
  near(actual.kurtosis, Number(golden.kurtosis), Math.abs(Number(golden.kurtosis)) + 3);
}

function near(actual: number, expected: number, scale: number): void {
  if (Number.isNaN(expected)) expect(actual).toBeNaN();
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * scale);
}
