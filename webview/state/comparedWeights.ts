/** The weights of the pair of layers that is selected on the Compare page. */
import { effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { ComparedWeights } from '../../src/protocol/engineService.js';
import { comparedSelection, original } from './comparison.js';
import { failureOf } from './failureOf.js';
import { client, generation, started } from './session.js';

/** Stays that of the pair before until that of the new one is here. */
export const comparedWeights = signal<ComparedWeights | null>(null);
export const comparedWeightsFailure = signal<FailureData | null>(null);

/** Milliseconds that a person stays on a row before its weights are read. */
const settleDelay = 80;

let loading: AbortController | null = null;
let settle: ReturnType<typeof setTimeout> | undefined;

function load(index: number, delay: number): void {
  loading?.abort();
  clearTimeout(settle);
  const controller = new AbortController();
  loading = controller;
  comparedWeightsFailure.value = null;
  const [a, b] = [original.peek()!, started.peek()!.opened.path];
  settle = setTimeout(() => {
    client
      .call('comparedWeights', { a, b, index }, { signal: controller.signal })
      .then((answer) => {
        if (loading === controller) comparedWeights.value = answer;
      })
      .catch((error: unknown) => {
        if (loading === controller) comparedWeightsFailure.value = failureOf(error);
      });
  }, delay);
}

export function loadComparedWeightsAgain(): void {
  const row = comparedSelection.peek();
  if (row) load(row.index, 0);
}

export function followComparedWeights(): void {
  effect(() => {
    const row = comparedSelection.value;
    if (generation.value === 0 || row === null) {
      loading?.abort();
      loading = null;
      clearTimeout(settle);
      comparedWeights.value = null;
      return;
    }
    load(row.index, comparedWeights.peek() === null ? 0 : settleDelay);
  });
}
