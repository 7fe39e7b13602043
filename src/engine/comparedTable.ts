/** The rows of the Compare page: functions of plain data. */
import type { LayerPair } from '../evaluate/comparison.js';
import type { Message } from '../messages/message.js';
import type { ErrorPoints } from '../protocol/errorCalls.js';
import type { ComparedQuery, ComparedRow } from '../protocol/engineService.js';
import type { CompressReport } from '../recipe/report.js';
import { sortIndices } from './layerTable.js';

/** Joins the pairs with what the report on `b` says of each layer, by the layer's name in `a`, else in `b`. */
export function comparedRows(pairs: readonly LayerPair[], report: CompressReport | null): ComparedRow[] {
  const choices = new Map<string, string>();
  for (const { layer, choice } of report?.applied ?? []) {
    const before = choices.get(layer);
    choices.set(layer, before === undefined || before === choice ? choice : `${before}, ${choice}`);
  }
  const skipped = new Map<string, Message>(report?.skipped.map(({ layer, reason }) => [layer, reason]));
  return pairs.map((pair, index) => {
    const names = [pair.a, pair.b].filter((name) => name !== null);
    const named = <T>(of: ReadonlyMap<string, T>) =>
      names.map((name) => of.get(name)).find((it) => it !== undefined) ?? null;
    return { index, pair, choice: named(choices), skipped: named(skipped) };
  });
}

/** The rows that a query finds, in its order. */
export function findCompared(rows: readonly ComparedRow[], query: ComparedQuery): ComparedRow[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(({ pair, choice, skipped }) => {
    if (query.changedOnly && pair.status === 'same' && choice === null && skipped === null) return false;
    const text = [pair.a, pair.b, pair.op, pair.dtype.a, pair.dtype.b, choice].join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const byIndex = new Map(found.map((row) => [row.index, row]));
  const order = sortIndices([...byIndex.keys()], query.descending, (index) => sortValue(byIndex.get(index)!, query));
  return order.map((index) => byIndex.get(index)!);
}

function sortValue({ index, pair }: ComparedRow, { sortBy }: ComparedQuery): number | string | undefined {
  switch (sortBy) {
    case 'order':
      return index;
    case 'name':
      return pair.a ?? pair.b ?? undefined;
    case 'op':
    case 'status':
      return pair[sortBy];
    case 'bytesA':
      return pair.bytes.a;
    case 'bytesB':
      return pair.bytes.b;
    case 'error':
      // The larger the error the lower the ratio: greatest error is 'largest'.
      return pair.error ? -pair.error.sqnrDb : undefined;
    case 'local':
      return negated(pair.activations?.localSqnrDb);
    case 'cumulative':
      return negated(pair.activations?.cumulativeSqnrDb);
  }
}

const negated = (decibels: number | null | undefined): number | undefined =>
  typeof decibels === 'number' ? -decibels : undefined;

/** Where a row stands among others; null where it is not one of them. */
export function comparedPlace(
  rows: readonly ComparedRow[],
  of: { readonly index: number } | { readonly layer: string },
): { position: number; row: ComparedRow } | null {
  const position = rows.findIndex((row) => ('index' in of ? row.index === of.index : row.pair.b === of.layer));
  return position < 0 ? null : { position, row: rows[position]! };
}

const mostPoints = 1024;

/** The layers that were measured, from the one at `start` on. */
export function errorPoints(rows: readonly ComparedRow[], start: number): ErrorPoints {
  const measured = rows.filter(({ pair: { activations } }) => activations && activations.cumulativeSqnrDb !== null);
  const shown = measured.slice(start, start + mostPoints);
  return {
    index: Uint32Array.from(shown, ({ index }) => index),
    names: shown.map(({ pair }) => pair.b ?? pair.a ?? ''),
    local: Float64Array.from(shown, ({ pair }) => pair.activations!.localSqnrDb ?? NaN),
    cumulative: Float64Array.from(shown, ({ pair }) => pair.activations!.cumulativeSqnrDb ?? NaN),
    total: measured.length,
  };
}
