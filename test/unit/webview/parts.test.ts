import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestParts } from '../../../webview/state/parts.js';

const amounts = fc
  .array(fc.nat(1000), { maxLength: 30 })
  .map((list) => list.map((amount, i) => ({ name: `part${i}`, detail: '', amount })));

describe('the largest parts of a whole', () => {
  it('add up to it', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 10 }), (list, limit) => {
        const total = list.reduce((sum, { amount }) => sum + amount, 0);
        const { parts, rest } = largestParts(list, total, limit);
        const shown = parts.reduce((sum, { amount }) => sum + amount, rest?.amount ?? 0);
        expect(shown).toBe(total);
        expect(parts.length).toBeLessThanOrEqual(limit + 1);
        if (total > 0) {
          const shares = parts.reduce((sum, { share }) => sum + share, rest?.share ?? 0);
          expect(shares).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  it('come in order, none smaller than one that is left out', () => {
    fc.assert(
      fc.property(amounts, (list) => {
        const { parts } = largestParts(list, 1e6, 5);
        const shown = parts.map(({ amount }) => amount);
        expect(shown).toEqual([...shown].sort((a, b) => b - a));
        const names = new Set(parts.map(({ name }) => name));
        for (const { name, amount } of list)
          if (!names.has(name)) expect(amount).toBeLessThanOrEqual(shown.at(-1) ?? 0);
      }),
    );
  });

  it('count what they were not told of', () => {
    const { rest } = largestParts([{ name: 'a', detail: '', amount: 60 }], 100, 5, 7);
    expect(rest).toEqual({ count: 7, amount: 40, share: 0.4 });
  });
});
