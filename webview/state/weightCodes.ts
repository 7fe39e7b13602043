/** The integers of the quantized weight that is looked at closely. */
import { effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { CodesDetail } from '../../src/protocol/engineService.js';
import { failureOf } from './failureOf.js';
import { pageState } from './pageState.js';
import { client, generation } from './session.js';
import { detailRow, shownWeight } from './weightDetail.js';

/** Undefined until they are read; null where the weight has none. */
export const codes = signal<CodesDetail | null | undefined>(undefined);
export const codesFailure = signal<FailureData | null>(null);

/** Asks for the codes of the weight in sight, while their tab is looked at. */
export function followCodes(): void {
  let loading: AbortController | null = null;
  effect(() => {
    const reading = generation.value;
    const row = detailRow.value;
    const weight = shownWeight.value;
    loading?.abort();
    if (reading === 0 || row === null || pageState.value.detailTab !== 'codes') return;
    if (weight?.storage !== 'quantized') return;
    const known = codes.peek();
    if (known && known.layer === row.index && known.weight === weight.name) return;
    codes.value = undefined;
    codesFailure.value = null;
    const controller = new AbortController();
    loading = controller;
    client
      .call('weightCodes', { layer: row.index, weight: weight.name }, { signal: controller.signal })
      .then((answer) => {
        if (loading === controller) codes.value = answer;
      })
      .catch((error: unknown) => {
        if (loading === controller) codesFailure.value = failureOf(error);
      });
  });
}
