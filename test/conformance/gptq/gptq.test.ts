import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { gptq } from '../../../src/compress/quantize/rounding/gptq.js';

interface Case {
  rows: number;
  width: number;
  low: number;
  high: number;
  damping: number;
  byActivity: boolean;
  inputs: number[];
  weightsTimes1024: number[];
  scales: number[];
  steps: number[];
}

const cases = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Case[];

/** X^T X, by rows of X. */
function secondMoments(inputs: readonly number[], width: number): Float64Array {
  const moments = new Float64Array(width * width);
  for (let row = 0; row < inputs.length; row += width) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) moments[i * width + j]! += inputs[row + i]! * inputs[row + j]!;
    }
  }
  return moments;
}

it.each(cases)(
  'rounds $rows rows of $width inputs as the algorithm of the paper does',
  async ({ rows, width, low, high, damping, byActivity, inputs, weightsTimes1024, scales, steps: expected }) => {
    const weights = Float32Array.from(weightsTimes1024, (each) => each / 1024);
    const all = (value: number) => new Float32Array(weights.length).fill(value);
    const grid = {
      scales: weights.map((_, i) => scales[Math.floor(i / width)]!),
      zeroPoints: all(0),
      low: all(low),
      high: all(high),
    };
    const steps = all(NaN);
    const moments = secondMoments(inputs, width);
    const done = await gptq(weights, steps, grid, { first: 0, count: rows, inputs: width }, moments, {
      damping,
      byActivity,
    });
    expect(done!.found).toBeLessThanOrEqual(done!.nearest);
    expect([...steps]).toEqual(expected);
  },
);
