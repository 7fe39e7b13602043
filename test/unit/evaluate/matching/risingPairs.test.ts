import fc from 'fast-check';
import { expect, it } from 'vitest';
import { risingPairs } from '../../../../src/evaluate/matching/risingPairs.js';

/** The length of the longest rising subsequence, by trying every end. */
function longest(partners: readonly number[]): number {
  const lengths = partners.map(() => 0);
  for (const [i, partner] of partners.entries()) {
    if (partner < 0) continue;
    lengths[i] =
      1 + Math.max(0, ...partners.slice(0, i).map((other, j) => (other >= 0 && other < partner ? lengths[j]! : 0)));
  }
  return Math.max(0, ...lengths);
}

it('finds as many pairs that rise in both as there can be', () => {
  const partners = fc
    .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 })
    .chain((numbers) => fc.tuple(...numbers.map((number) => fc.boolean().map((isNone) => (isNone ? -1 : number)))));
  fc.assert(
    fc.property(partners, (numbers) => {
      const pairs = risingPairs(Int32Array.from(numbers));
      expect(pairs).toHaveLength(longest(numbers));
      for (const [n, [i, j]] of pairs.entries()) {
        expect(numbers[i]).toBe(j);
        if (n > 0) expect(i > pairs[n - 1]![0] && j > pairs[n - 1]![1]).toBe(true);
      }
    }),
  );
});
