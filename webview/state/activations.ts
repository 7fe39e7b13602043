/** The activations of this model, and those of the selected layer. */
import { computed, effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { ActivationDetail } from '../../src/protocol/activationCalls.js';
import { failureOf } from './failureOf.js';
import { pageState } from './pageState.js';
import { activationsCard, client, generation, reportError } from './session.js';
import { detailRow } from './weightDetail.js';

export interface LayerActivation {
  readonly layer: number;
  readonly outputs: readonly ActivationDetail[];
}

/** Stays that of the layer before until that of the new one is here; null before any, and where nothing is measured. */
export const activation = signal<LayerActivation | null>(null);
export const activationFailure = signal<FailureData | null>(null);
/** The output that was picked; null for the first. */
export const pickedOutput = signal<string | null>(null);

/** The output in sight. */
export const shownOutput = computed<ActivationDetail | undefined>(() => {
  const outputs = activation.value?.outputs ?? [];
  return outputs.find(({ value }) => value === pickedOutput.value) ?? outputs[0];
});

/** Asks for the card whenever the model is read, and for a layer's activations when its tab is looked at. */
export function followActivations(): void {
  effect(() => {
    const reading = generation.value;
    if (reading === 0) return;
    activationsCard.value = null;
    activation.value = null;
    client
      .call('activations', {})
      .then((card) => {
        if (reading === generation.peek() && activationsCard.peek() === null) activationsCard.value = card;
      })
      .catch(reportError);
  });
  let loading: AbortController | null = null;
  effect(() => {
    const row = detailRow.value;
    const isSeen = pageState.value.detailTab === 'activations';
    if (row === null || !isSeen || activationsCard.value === null) return;
    loading?.abort();
    const controller = new AbortController();
    loading = controller;
    activationFailure.value = null;
    client
      .call('activation', { layer: row.index }, { signal: controller.signal })
      .then((outputs) => {
        if (loading === controller) activation.value = { layer: row.index, outputs };
      })
      .catch((error: unknown) => {
        if (loading === controller) activationFailure.value = failureOf(error);
      });
  });
}
