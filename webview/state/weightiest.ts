/** Where the weight and the work of a model lie, as far as bars can show it. */
import { effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { LayerColumn, LayerRow } from '../../src/protocol/engineService.js';
import { defaultQuery } from './pageState.js';
import { client, failureOf, generation, started } from './session.js';

export interface Part {
  readonly name: string;
  /** What kind of thing it is, beside its name. */
  readonly detail: string;
  readonly amount: number;
  /** Of the whole, 0..1. */
  readonly share: number;
}

export interface Parts {
  readonly parts: readonly Part[];
  /** What is not in `parts`: how many, and how much together. */
  readonly rest: { readonly count: number; readonly amount: number; readonly share: number } | null;
}

/** The largest `limit` of `amounts`, and the rest of `total` as one. Pure. */
export function largestParts(
  amounts: readonly { readonly name: string; readonly detail: string; readonly amount: number }[],
  total: number,
  limit: number,
  uncounted = 0,
): Parts {
  const sorted = amounts.filter(({ amount }) => amount > 0).sort((a, b) => b.amount - a.amount);
  // One part more takes no more room than the line that says there is one more.
  const shown = sorted.length === limit + 1 && uncounted === 0 ? sorted : sorted.slice(0, limit);
  const amount = Math.max(0, total - shown.reduce((sum, part) => sum + part.amount, 0));
  const count = sorted.length - shown.length + uncounted;
  return {
    parts: shown.map((part) => ({ ...part, share: total > 0 ? part.amount / total : 0 })),
    rest: count > 0 && amount > 0 ? { count, amount, share: amount / total } : null,
  };
}

const barsShown = 8;
const blockRows = 64;
/** Layers are counted from the largest on until this share of the whole is known. */
const enough = 0.995;
const mostRows = 2048;

export const byBytes = signal<Parts | null>(null);
export const byMacs = signal<Parts | null>(null);
export const partsFailure = signal<FailureData | null>(null);

export async function loadParts(): Promise<void> {
  const reading = generation.peek();
  const { card } = started.peek()!.opened;
  partsFailure.value = null;
  try {
    const heavy = await largestRows('bytes', () => true, blockRows);
    const layerBytes = heavy.rows.map((row) => ({ name: row.card.name, detail: row.card.op, amount: row.card.bytes }));
    const withBytes = heavy.rows.filter((row) => row.card.bytes > 0).length;
    const uncounted = withBytes < heavy.rows.length ? 0 : heavy.total - heavy.rows.length;
    const bytesParts = largestParts(layerBytes, card.bytes, barsShown, uncounted);
    const macs = card.macs ?? 0;
    let counted = 0;
    const busy = await largestRows('macs', (row) => (counted += row.card.macs ?? 0) < macs * enough, mostRows);
    const operators = new Map<string, number>();
    for (const { card: layer } of busy.rows) {
      operators.set(layer.op, (operators.get(layer.op) ?? 0) + (layer.macs ?? 0));
    }
    const macsParts = largestParts(
      [...operators].map(([name, amount]) => ({
        name,
        detail: '',
        amount,
      })),
      macs,
      barsShown,
    );
    if (reading !== generation.peek()) return;
    byBytes.value = bytesParts;
    byMacs.value = macsParts;
  } catch (error) {
    if (reading === generation.peek()) partsFailure.value = failureOf(error);
  }
}

/** Rows from the largest on, as long as `more` says so after each, at most `limit`. */
async function largestRows(
  sortBy: LayerColumn,
  more: (row: LayerRow) => boolean,
  limit: number,
): Promise<{ rows: LayerRow[]; total: number }> {
  const query = { ...defaultQuery, sortBy, descending: true };
  const rows: LayerRow[] = [];
  let total = Infinity;
  while (rows.length < Math.min(total, limit)) {
    const answer = await client.call('layers', { query, start: rows.length, end: rows.length + blockRows });
    total = answer.total;
    for (const row of answer.rows) {
      rows.push(row);
      if (!more(row)) return { rows, total };
    }
    if (answer.rows.length === 0) break;
  }
  return { rows, total };
}

export function followParts(): void {
  effect(() => {
    if (generation.value === 0) return;
    byBytes.value = null;
    byMacs.value = null;
  });
}
