/** The clipping range of the weight in sight, and what it does to it. */
import { computed } from '@preact/signals';
import type { ClippedWeight, ClippingEffect } from '../../src/inspect/clipping.js';
import { bestClipping, clippingEffect } from '../../src/inspect/clipping.js';
import { changePageState, pageState } from '../state/pageState.js';
import { detail } from '../state/weightDetail.js';
import type { Handle, Range } from './handles.js';
import { limitsOf, moveHandle } from './handles.js';

export const clippedWeight = computed<ClippedWeight | null>(() => {
  const shown = detail.value;
  if (shown === null) return null;
  return { ...shown.statistics, histogram: shown.histogram, channels: shown.channels };
});

/** Null where there is nothing to clip: no finite value, or nothing but zeros. */
export const limits = computed<Range | null>(() => {
  const shown = detail.value;
  if (shown === null) return null;
  const [low, high] = limitsOf(shown.histogram.min, shown.histogram.max, pageState.value.clipping.symmetric);
  return low < high ? [low, high] : null;
});

const key = computed(() => {
  const shown = detail.value;
  return shown && `${shown.layer}\n${shown.weight}`;
});

export const range = computed<Range | null>(() => {
  const reach = limits.value;
  if (reach === null || key.value === null) return null;
  const chosen = pageState.value.ranges[key.value];
  if (chosen === undefined) return reach;
  const { symmetric } = pageState.value.clipping;
  const widest = Math.max(Math.abs(chosen[0]), Math.abs(chosen[1]));
  const wanted: Range = symmetric ? [-widest, widest] : chosen;
  return [Math.max(reach[0], wanted[0]), Math.min(reach[1], wanted[1])];
});

export const effectOfRange = computed<ClippingEffect | null>(() => {
  if (clippedWeight.value === null || range.value === null) return null;
  const [min, max] = range.value;
  return clippingEffect(clippedWeight.value, { ...pageState.value.clipping, min, max });
});

const clippingChoice = computed(() => pageState.value.clipping);

/** The range of least expected squared error, at the bit width that is chosen. */
export const bestRange = computed<Range | null>(() => {
  const weight = clippedWeight.value;
  if (weight === null || limits.value === null) return null;
  const { min, max } = bestClipping(weight, clippingChoice.value);
  const reach = Math.max(Math.abs(min), Math.abs(max));
  return clippingChoice.value.symmetric ? [-reach, reach] : [Math.min(0, min), Math.max(0, max)];
});

function setRange(chosen: Range | null): void {
  const { [key.peek()!]: _, ...others } = pageState.peek().ranges;
  changePageState({ ranges: chosen === null ? others : { ...others, [key.peek()!]: chosen } });
}

export function moveTo(handle: Handle, value: number): void {
  setRange(moveHandle(range.peek()!, handle, value, limits.peek()!, pageState.peek().clipping.symmetric));
}

export function takeWholeRange(): void {
  setRange(null);
}

export function takeBestRange(): void {
  setRange(bestRange.peek());
}
