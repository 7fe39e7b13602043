import type { Layer, LayerWeight } from '../../graph/layers.js';
import { whyUnreadable } from '../../inspect/layerCards.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { WeightError } from '../comparison.js';
import type { FoldedNormalization } from '../foldedNormalization.js';
import { largestOf, parametersOf } from '../pairedWeights.js';
import { weightError } from '../weightError.js';

export interface FoldedLayer {
  readonly layer: Layer;
  readonly folded?: FoldedNormalization;
}

/** Greatest error, against the greatest number there is, that comes of rounding a folded weight to float32. */
const roundingOfFolded = 1e-6;

/**
 * Compares the parameters of two layers in their order. The error is that of the largest one, a BatchNormalization that one
 * model has folded in taken into account.
 */
export async function weightChanges(
  a: FoldedLayer,
  b: FoldedLayer,
  signal?: AbortSignal,
): Promise<{ error: WeightError | null; list: Message[] }> {
  const [ofA, ofB] = [parametersOf(a.layer), parametersOf(b.layer)];
  const largest = largestOf(ofA);
  const isFolded = a.folded !== undefined || b.folded !== undefined;
  const list: Message[] = [];
  let error: WeightError | null = null;
  let differs = false;
  for (const [i, weight] of ofA.entries()) {
    const other = ofB[i];
    if (!other || (weight !== largest && (differs || isFolded))) continue;
    if (weight === largest) list.push(...formChanges(weight, other));
    else if (weight.tensor.elementType !== other.tensor.elementType) differs = true;
    if (whyUnreadable(weight) || whyUnreadable(other)) {
      list.push(sentence('evaluate.change.unreadable'));
      continue;
    }
    const found = await weightError({ ...a, weight }, { ...b, weight: other }, signal);
    if (weight === largest) error = found;
    if (found ? !isEqual(found, isFolded) : weight !== largest && sizesOf(weight) !== sizesOf(other)) differs = true;
  }
  // Another type or shape says already that the numbers are others.
  if (differs && list.length === 0) list.push(sentence('evaluate.change.weight'));
  if (ofA.length !== ofB.length && !isFolded) {
    list.push(sentence('evaluate.change.weights', { before: ofA.length, after: ofB.length }));
  }
  return { error, list };
}

/** Of a folded weight, rounding is no difference: 110 dB is some 3e-6 of the numbers. */
function isEqual({ max, sqnrDb }: WeightError, isFolded: boolean): boolean {
  return max === 0 || (isFolded && sqnrDb > -20 * Math.log10(roundingOfFolded));
}

function formChanges(a: LayerWeight, b: LayerWeight): Message[] {
  const list: Message[] = [];
  const [before, after] = [a.tensor.elementType, b.tensor.elementType];
  if (before !== after) list.push(sentence('evaluate.change.type', { before, after }));
  if (sizesOf(a) !== sizesOf(b)) {
    list.push(sentence('evaluate.change.shape', { before: a.shape.join(', '), after: b.shape.join(', ') }));
  }
  return list;
}

/** A matrix may be kept turned. */
function sizesOf({ shape }: LayerWeight): string {
  return [...shape].sort((x, y) => x - y).join();
}
