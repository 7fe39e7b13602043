/** Cuts a long order of items into blocks of about equal length where few values cross. */

/** One way of a value: positions in the order where it is made and read. */
export interface Crossing {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** What one more value that crosses costs, where a block of half or one and a half times the length costs 1/4. */
const crossingCost = 0.5;
const mostCrossings = 8;
/** What a cut costs where nothing branches: blocks begin, if they can, where a residual unit does. */
const inMidstreamCost = 0.01;

/**
 * Ends of the blocks, the last of them `count`. The cheapest cuts by dynamic programming over all ends, as lines of a
 * paragraph are broken (Knuth and Plass, 1981); in time count x length.
 */
export function cutIntoBlocks(count: number, crossings: readonly Crossing[], length: number): number[] {
  const ways = countBefore(count, crossings);
  const values = countBefore(count, farthest(crossings));
  const longest = length * 2;
  const cost = new Float64Array(count + 1).fill(Infinity);
  const start = new Int32Array(count + 1);
  cost[0] = 0;
  for (let end = 1; end <= count; end++) {
    const crossed = Math.min(mostCrossings, Math.max(0, values[end]! - 1)) * crossingCost;
    const cut = end === count ? 0 : crossed + (ways[end]! === values[end]! ? inMidstreamCost : 0);
    for (let begin = Math.max(0, end - longest); begin < end; begin++) {
      const excess = (end - begin - length) / length;
      const total = cost[begin]! + cut + excess * excess;
      if (total < cost[end]!) {
        cost[end] = total;
        start[end] = begin;
      }
    }
  }
  const ends: number[] = [];
  for (let end = count; end > 0; end = start[end]!) ends.push(end);
  return ends.reverse();
}

/** How many cross each boundary; that at `i` lies before item `i`. */
function countBefore(count: number, crossings: Iterable<Crossing>): Int32Array {
  const change = new Int32Array(count + 2);
  for (const { from, to } of crossings) {
    if (from === to) continue;
    change[Math.min(from, to) + 1]!++;
    change[Math.max(from, to) + 1]!--;
  }
  const counts = new Int32Array(count + 1);
  let open = 0;
  for (let i = 0; i <= count; i++) counts[i] = open += change[i]!;
  return counts;
}

/** Of each value, the way to its last reader. */
function farthest(crossings: readonly Crossing[]): Iterable<Crossing> {
  const byValue = new Map<number, Crossing>();
  for (const crossing of crossings) {
    const known = byValue.get(crossing.value);
    if (!known || crossing.to > known.to) byValue.set(crossing.value, crossing);
  }
  return byValue.values();
}
