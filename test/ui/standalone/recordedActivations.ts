/** Activations of a model as they were recorded. Typed arrays stand in a text. */
import type { ActivationDetail, ActivationsCard, ActivationSummary } from '../../../src/protocol/activationCalls.js';
import type { Frame } from '../../../src/protocol/rpc.js';
import { frameText, textFrame } from './frameText.js';

export interface RecordedActivations {
  readonly card: ActivationsCard;
  /** By layer. */
  readonly summaries: readonly (ActivationSummary | null)[];
  readonly details: readonly string[];
}

export function recordedActivations(
  card: ActivationsCard,
  summaries: readonly (ActivationSummary | null)[],
  details: readonly (readonly ActivationDetail[])[],
): RecordedActivations {
  return { card, summaries, details: details.map((each) => frameText(each as unknown as Frame)) };
}

export function activationOf({ details }: RecordedActivations, layer: number): ActivationDetail[] {
  return textFrame(details[layer]!) as unknown as ActivationDetail[];
}
