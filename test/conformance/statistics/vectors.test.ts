/** Tensor statistics against numpy's, for numbers drawn by generate.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measure } from '../../../src/tensor/measure.js';
import type { Numbers } from '../../../src/tensor/statistics.js';
import type { GoldenStatistics } from './golden.js';
import { expectGolden, fixture } from './golden.js';

interface Case {
  name: string;
  dtype: string;
  values: string;
  statistics: GoldenStatistics;
  bins: [number[], number[]];
}

const { bins, cases } = JSON.parse(readFileSync(fixture('vectors.json'), 'utf8')) as { bins: number; cases: Case[] };

function numbersOf({ dtype, values }: Case): Numbers {
  const { buffer } = new Uint8Array(Buffer.from(values, 'base64'));
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'int8':
      return Float32Array.from(new Int8Array(buffer));
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'uint64':
      return Float64Array.from(new BigUint64Array(buffer), Number);
    default:
      throw new Error(dtype);
  }
}

describe('statistics of drawn numbers', () => {
  it.each(cases)('equal those of numpy: $name', async (golden) => {
    const numbers = numbersOf(golden);
    async function* chunks() {
      for (let start = 0; start < numbers.length; start += 1500) yield numbers.slice(start, start + 1500);
    }
    const statistics = await measure({ shape: [numbers.length], chunks }, { bins });
    expectGolden(statistics, golden.statistics);

    const expected = new Array<number>(bins).fill(0);
    let bin = 0;
    golden.bins[0].forEach((step, i) => (expected[(bin += step)] = golden.bins[1][i]!));
    expect(Array.from(statistics.histogram.counts)).toEqual(expected);
  });
});
