/** Where the error of this model arises, as far as it was measured against its original. */
import { computed, effect, signal } from '@preact/signals';
import type { ErrorsCard } from '../../src/protocol/errorCalls.js';
import { comparison, original } from './comparison.js';
import { client, errorsMeasured, reportError, started } from './session.js';

/** Layers along the graph; decibels, NaN where they were not measured. */
export interface ErrorLine {
  readonly index: readonly number[];
  readonly names: readonly string[];
  readonly local: readonly number[];
  readonly cumulative: readonly number[];
}

/** Undefined while it is asked for; null where nothing was measured. */
export const errors = signal<ErrorsCard | null | undefined>(undefined);
export const errorLine = signal<ErrorLine | null>(null);

/** Where on the line the least local SQNR stands; -1 where all are equal. */
export const worstPoint = computed(() => {
  const local = errorLine.value?.local ?? [];
  let worst = -1;
  for (const [i, value] of local.entries()) if (value < (worst < 0 ? Infinity : local[worst]!)) worst = i;
  return worst;
});

async function load(a: string, b: string, current: () => boolean): Promise<void> {
  const card = await client.call('errors', { a, b });
  if (!current()) return;
  errors.value = card;
  if (!card) {
    errorLine.value = null;
    return;
  }
  const line = { index: [] as number[], names: [] as string[], local: [] as number[], cumulative: [] as number[] };
  for (let total = 1; line.index.length < total;) {
    const part = await client.call('errorPoints', { a, b, start: line.index.length });
    if (!current() || part.index.length === 0) break;
    line.index.push(...part.index);
    line.names.push(...part.names);
    line.local.push(...part.local);
    line.cumulative.push(...part.cumulative);
    total = part.total;
  }
  if (current()) errorLine.value = line;
}

export function followErrors(): void {
  let asked = 0;
  effect(() => {
    const measured = errorsMeasured.value;
    const compared = comparison.value;
    const a = original.peek();
    const mine = ++asked;
    if (compared === null || a === null) {
      errors.value = undefined;
      errorLine.value = null;
      return;
    }
    if (measured === 0) errors.value = undefined;
    load(a, started.peek()!.opened.path, () => mine === asked).catch((error: unknown) => {
      if (mine !== asked) return;
      errors.value = null;
      reportError(error);
    });
  });
}
