/** Which rows of a long table to ask for: rows are fetched and kept in blocks. Pure. */

export const blockRows = 64;

/** The blocks that cover rows `start` to `end` (exclusive) of `total`. */
export function blocksOf(start: number, end: number, total: number): number[] {
  const first = Math.max(0, start);
  const last = Math.min(end, total) - 1;
  if (last < first) return [];
  const blocks: number[] = [];
  for (let block = Math.floor(first / blockRows); block <= Math.floor(last / blockRows); block += 1) blocks.push(block);
  return blocks;
}

/** The rows of a block, end exclusive. */
export function rowsOf(block: number, total: number): { readonly start: number; readonly end: number } {
  return { start: block * blockRows, end: Math.min((block + 1) * blockRows, total) };
}

export type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'home' | 'end';

/** The row that a key leads to from `row`; -1 where there are no rows. A page keeps one row of the last one in sight. */
export function moveRow(row: number, move: Move, total: number, rowsInSight: number): number {
  if (total === 0) return -1;
  const page = Math.max(1, rowsInSight - 1);
  const target = {
    up: row - 1,
    down: row + 1,
    pageUp: row - page,
    pageDown: row + page,
    home: 0,
    end: total - 1,
  }[move];
  return Math.min(total - 1, Math.max(0, target));
}
