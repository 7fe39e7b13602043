import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Move } from '../../../webview/state/rowWindow.js';
import { blockRows, blocksOf, moveRow, rowsOf } from '../../../webview/state/rowWindow.js';

const rows = fc.nat(20_000);

describe('blocks of rows', () => {
  it('cover the rows in sight and nothing beyond the table', () => {
    fc.assert(
      fc.property(rows, fc.nat(200), rows, (start, length, total) => {
        const covered = blocksOf(start, start + length, total).map((block) => rowsOf(block, total));
        const inSight = { start, end: Math.min(start + length, total) };
        if (inSight.end <= inSight.start) {
          expect(covered).toEqual([]);
          return;
        }
        expect(covered[0]!.start).toBeLessThanOrEqual(inSight.start);
        expect(covered.at(-1)!.end).toBeGreaterThanOrEqual(inSight.end);
        covered.forEach((block, i) => {
          expect(block.end).toBeGreaterThan(block.start);
          expect(block.end).toBeLessThanOrEqual(total);
          if (i > 0) expect(block.start).toBe(covered[i - 1]!.end);
        });
        // No block that is not needed.
        expect(covered[0]!.end).toBeGreaterThan(inSight.start);
        expect(covered.at(-1)!.start).toBeLessThan(inSight.end);
      }),
    );
  });

  it('are of one size while the total is not known', () => {
    expect(rowsOf(2, Infinity)).toEqual({ start: 2 * blockRows, end: 3 * blockRows });
    expect(blocksOf(0, 1, Infinity)).toEqual([0]);
  });
});

describe('moving through rows', () => {
  const move = fc.constantFrom<Move>('up', 'down', 'pageUp', 'pageDown', 'home', 'end');

  it('stays in the table', () => {
    fc.assert(
      fc.property(fc.nat(5000), move, fc.integer({ min: 1, max: 5000 }), fc.nat(60), (row, step, total, inSight) => {
        const target = moveRow(Math.min(row, total - 1), step, total, inSight);
        expect(target).toBeGreaterThanOrEqual(0);
        expect(target).toBeLessThan(total);
      }),
    );
  });

  it('comes back the way it went, away from the ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 4900 }), fc.integer({ min: 2, max: 60 }), (row, inSight) => {
        expect(moveRow(moveRow(row, 'down', 5000, inSight), 'up', 5000, inSight)).toBe(row);
        expect(moveRow(moveRow(row, 'pageDown', 5000, inSight), 'pageUp', 5000, inSight)).toBe(row);
      }),
    );
  });

  it('reaches both ends, and nothing where there are no rows', () => {
    expect(moveRow(7, 'home', 10, 5)).toBe(0);
    expect(moveRow(7, 'end', 10, 5)).toBe(9);
    expect(moveRow(0, 'end', 0, 5)).toBe(-1);
  });
});
