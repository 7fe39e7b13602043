/**
 * The most pairs [i, partners[i]] that rise in both, where a partner of -1 is none: the longest increasing subsequence,
 * by patience sorting.
 */
export function risingPairs(partners: Int32Array): [number, number][] {
  /** Of the sequences of each length, where the one that ends lowest ends; and what stands before each in its sequence. */
  const ends: number[] = [];
  const before = new Int32Array(partners.length).fill(-1);
  for (const [i, partner] of partners.entries()) {
    if (partner < 0) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (partners[ends[middle]!]! < partner) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[i] = ends[low - 1]!;
    ends[low] = i;
  }
  const pairs: [number, number][] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]!) pairs.push([i, partners[i]!]);
  return pairs.reverse();
}
