/** Where the weight and the work of a model lie, as far as bars can show it. */
import { effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import { wholeBytes } from '../../src/inspect/wholeBytes.js';
import type { LayerQuery, LayerRow } from '../../src/protocol/engineService.js';
import type { Parts } from './parts.js';
import { largestParts } from './parts.js';
import { defaultQuery } from './pageState.js';
import { failureOf } from './failureOf.js';
import { client, generation, started } from './session.js';

const barsShown = 8;
const blockRows = 64;
/** Layers are counted from the largest on until all of the work is known, but no more than these. */
const mostRows = 2048;

export const byBytes = signal<Parts | null>(null);
export const byMacs = signal<Parts | null>(null);
export const partsFailure = signal<FailureData | null>(null);

export async function loadParts(): Promise<void> {
  const reading = generation.peek();
  const { card } = started.peek()!.opened;
  partsFailure.value = null;
  try {
    const heavy = await largestRows({ sortBy: 'bytes', weightsOnly: true }, () => true, blockRows);
    const layerBytes = heavy.rows.map((row) => ({ name: row.card.name, detail: row.card.op, amount: row.card.bytes }));
    const withBytes = heavy.rows.filter((row) => row.card.bytes > 0).length;
    const uncounted = withBytes < heavy.rows.length ? 0 : heavy.total - heavy.rows.length;
    const bytesParts = largestParts(layerBytes, wholeBytes(card), barsShown, uncounted);
    const macs = card.macs ?? 0;
    let counted = 0;
    const busy = await largestRows({ sortBy: 'macs' }, (row) => (counted += row.card.macs ?? 0) < macs, mostRows);
    const operators = new Map<string, number>();
    for (const { card: layer } of busy.rows) {
      operators.set(layer.op, (operators.get(layer.op) ?? 0) + (layer.macs ?? 0));
    }
    const work = [...operators].map(([name, amount]) => ({ name, detail: '', amount }));
    if (reading !== generation.peek()) return;
    byBytes.value = bytesParts;
    byMacs.value = largestParts(work, macs, barsShown);
  } catch (error) {
    if (reading === generation.peek()) partsFailure.value = failureOf(error);
  }
}

/** Rows from the largest on, as long as `more` says so after each, at most `limit`. */
async function largestRows(
  narrowed: Partial<LayerQuery>,
  more: (row: LayerRow) => boolean,
  limit: number,
): Promise<{ rows: LayerRow[]; total: number }> {
  const query = { ...defaultQuery, ...narrowed, descending: true };
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
