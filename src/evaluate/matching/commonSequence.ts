/** Larger tables are not made: the next of the same kind is then taken. */
const largestTable = 4e6;
const lookAhead = 100;

/**
 * Pairs of positions, rising in both, whose elements are the same: as many as there can be, or where that would take too
 * long, greedily those that come next.
 */
export function commonSequence(
  lengthA: number,
  lengthB: number,
  same: (i: number, j: number) => boolean,
): [number, number][] {
  if (lengthA === 0 || lengthB === 0) return [];
  return lengthA * lengthB <= largestTable
    ? longestCommonSequence(lengthA, lengthB, same)
    : nextOfTheSame(lengthA, lengthB, same);
}

function longestCommonSequence(
  lengthA: number,
  lengthB: number,
  same: (i: number, j: number) => boolean,
): [number, number][] {
  const width = lengthB + 1;
  const longest = new Uint32Array((lengthA + 1) * width);
  for (let i = lengthA - 1; i >= 0; i--) {
    for (let j = lengthB - 1; j >= 0; j--) {
      longest[i * width + j] = same(i, j)
        ? longest[(i + 1) * width + j + 1]! + 1
        : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < lengthA && j < lengthB;) {
    if (same(i, j)) pairs.push([i++, j++]);
    else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function nextOfTheSame(lengthA: number, lengthB: number, same: (i: number, j: number) => boolean): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0, from = 0; i < lengthA; i++) {
    for (let j = from; j < Math.min(lengthB, from + lookAhead); j++) {
      if (!same(i, j)) continue;
      pairs.push([i, j]);
      from = j + 1;
      break;
    }
  }
  return pairs;
}
