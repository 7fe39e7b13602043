import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyChange } from '../../../src/evaluate/accuracyChange.js';

/** Two lists of right and wrong with so many samples right in both, in the second or first alone, and in neither. */
function samples(both: number, won: number, lost: number, neither: number): [number[], number[]] {
  const times = (count: number, value: number) => new Array<number>(count).fill(value);
  const first = [...times(both, 1), ...times(won, 0), ...times(lost, 1), ...times(neither, 0)];
  const second = [...times(both, 1), ...times(won, 1), ...times(lost, 0), ...times(neither, 0)];
  return [first, second];
}

const change = (n: number, won: number, lost: number) => accuracyChange(...samples(n - won - lost, won, lost, 0));

describe('accuracyChange', () => {
  it('is what the formula gives by hand', () => {
    // 1 won and 7 lost of 21: p = 2/23, q = 8/23; -0.26087 ± 1.95996 sqrt((0.43478 - 0.06805) / 23)
    const { difference, interval, wonSamples, lostSamples } = accuracyChange(...samples(1, 1, 7, 12));
    expect({ wonSamples, lostSamples }).toEqual({ wonSamples: 1, lostSamples: 7 });
    expect(difference).toBeCloseTo(-6 / 21, 12);
    expect(interval[0]).toBeCloseTo(-0.5083, 3);
    expect(interval[1]).toBeCloseTo(-0.0134, 3);
  });

  it('does not collapse where no sample changed', () => {
    const { difference, interval } = change(2000, 0, 0);
    expect(difference).toBe(0);
    expect(interval[0]).toBeLessThan(-0.001);
    expect(interval[1]).toBeGreaterThan(0.001);
  });

  it('turns its sign with the order, and holds the difference', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 40 }), (both, won, lost, neither) => {
        const [first, second] = samples(both, won, lost, neither);
        const there = accuracyChange(first, second);
        const back = accuracyChange(second, first);
        expect(there.difference).toBeCloseTo(-back.difference, 12);
        expect(there.interval[0]).toBeCloseTo(-back.interval[1], 12);
        expect(there.interval[0]).toBeLessThanOrEqual(there.difference + 1e-12);
        expect(there.interval[1]).toBeGreaterThanOrEqual(there.difference - 1e-12);
      }),
    );
  });

  it.each([
    [100, 0.02, 0.02],
    [100, 0.01, 0.05],
    [200, 0.005, 0.01],
    [60, 0.2, 0.1],
  ])('covers the truth in about 95 % of all data: n = %d, p = %d, q = %d', (n, won, lost) => {
    const logFactorial = [0];
    for (let i = 1; i <= n; i++) logFactorial.push(logFactorial[i - 1]! + Math.log(i));
    let covered = 0;
    for (let b = 0; b <= n; b++) {
      for (let c = 0; b + c <= n; c++) {
        const rest = n - b - c;
        const ways = logFactorial[n]! - logFactorial[b]! - logFactorial[c]! - logFactorial[rest]!;
        const probability = Math.exp(ways + b * Math.log(won) + c * Math.log(lost) + rest * Math.log(1 - won - lost));
        if (probability < 1e-12) continue;
        const [low, high] = change(n, b, c).interval;
        if (low <= won - lost && won - lost <= high) covered += probability;
      }
    }
    expect(covered).toBeGreaterThan(0.94);
    expect(covered).toBeLessThan(0.998);
  });
});
