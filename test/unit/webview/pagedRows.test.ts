import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/messages/failure.js';
import type { FetchRows } from '../../../webview/state/pagedRows.js';
import { PagedRows } from '../../../webview/state/pagedRows.js';
import { blockRows } from '../../../webview/state/rowWindow.js';

/** A table that answers when it is told to. */
function table(name: string, total: number) {
  const asked: { start: number; end: number; answer(): Promise<void>; fail(error: unknown): Promise<void> }[] = [];
  const fetch: FetchRows<string> = (start, end) =>
    new Promise((resolve, reject) => {
      const rows = Array.from({ length: Math.max(0, Math.min(end, total) - start) }, (_, i) => `${name}${start + i}`);
      const then = async (settle: () => void): Promise<void> => {
        settle();
        await new Promise(setImmediate);
      };
      asked.push({
        start,
        end,
        answer: () => then(() => resolve({ rows, total })),
        fail: (error) => then(() => reject(error)),
      });
    });
  return { asked, fetch };
}

describe('rows in blocks', () => {
  it('asks for each block once, when it comes into sight', async () => {
    const { asked, fetch } = table('row', 1000);
    const rows = new PagedRows<string>();
    rows.ask(fetch);
    rows.need(0, 30);
    rows.need(5, 35);
    expect(asked.map(({ start }) => start)).toEqual([0]);
    await asked[0]!.answer();
    expect(rows.total.value).toBe(1000);
    expect(rows.row(3)).toBe('row3');
    rows.need(900, 1000);
    expect(asked.slice(1).map(({ start, end }) => [start, end])).toEqual([
      [14 * blockRows, 15 * blockRows],
      [15 * blockRows, 1000],
    ]);
    expect(rows.row(950)).toBeUndefined();
    await Promise.all(asked.slice(1).map(({ answer }) => answer()));
    expect(rows.row(950)).toBe('row950');
  });

  it('keeps the old rows until the first answer to a new question, and none of a late one to the old', async () => {
    const old = table('old', 200);
    const young = table('new', 5);
    const rows = new PagedRows<string>();
    rows.ask(old.fetch);
    await old.asked[0]!.answer();
    rows.need(60, 100);
    rows.ask(young.fetch);
    expect(rows.row(0)).toBe('old0');
    await young.asked[0]!.answer();
    await old.asked[1]!.answer();
    expect([rows.total.value, rows.row(0), rows.row(70)]).toEqual([5, 'new0', undefined]);
  });

  it('tells a failure and asks again', async () => {
    const { asked, fetch } = table('row', 3);
    const rows = new PagedRows<string>();
    rows.ask(fetch);
    await asked[0]!.fail(new Failure('cancelled'));
    expect(rows.failure.value).toBeNull();
    rows.askAgain();
    await asked[1]!.fail(new Error('no'));
    expect(rows.failure.value).toMatchObject({ code: 'internal', params: { detail: 'no' } });
    rows.askAgain();
    expect(rows.failure.value).toBeNull();
    await asked[2]!.answer();
    expect(rows.row(2)).toBe('row2');
  });
});
