/** The clipping range of the tensor in sight, a weight or an activation, and what it does to it. */
import { computed } from '@preact/signals';
import type { ClippedWeight, ClippingEffect } from '../../src/inspect/clipping.js';
import { bestClipping, clippingEffect } from '../../src/inspect/clipping.js';
import type { BinnedValues, ClippingRange } from '../../src/inspect/histogramRanges.js';
import { entropyRange, percentileRange } from '../../src/inspect/histogramRanges.js';
import { integerGrid } from '../../src/inspect/integerGrid.js';
import type { SentenceId } from '../../src/messages/catalog.js';
import { shownOutput } from '../state/activations.js';
import { changePageState, pageState } from '../state/pageState.js';
import { detail } from '../state/weightDetail.js';
import type { Handle, Range } from './handles.js';
import { limitsOf, moveHandle } from './handles.js';

interface ShownTensor {
  /** Under which a range set by hand is remembered. */
  readonly key: string;
  readonly name: string;
  readonly kind: 'weight' | 'activation';
  readonly tensor: ClippedWeight & BinnedValues;
}

/** What the tab that is open shows; null where nothing is measured. */
const shownTensor = computed<ShownTensor | null>(() => {
  if (pageState.value.detailTab === 'activations') {
    const output = shownOutput.value;
    if (!output || output.missing || output.histogram.counts.length === 0) return null;
    const { value, statistics, histogram, channels } = output;
    return { key: `\n${value}`, name: value, kind: 'activation', tensor: { ...statistics, histogram, channels } };
  }
  const shown = detail.value;
  if (shown === null) return null;
  const { layer, weight, statistics, histogram, channels } = shown;
  return { key: `${layer}\n${weight}`, name: weight, kind: 'weight', tensor: { ...statistics, histogram, channels } };
});

const clippingChoice = computed(() => pageState.value.clipping);

/** Activations have one scale: channels of theirs have none in any runtime. */
export const isActivation = computed(() => shownTensor.value?.kind === 'activation');

const settings = computed(() => {
  const choice = clippingChoice.value;
  return isActivation.value ? { ...choice, perChannel: false } : choice;
});

/** Null where there is nothing to clip: no finite value, or nothing but zeros. */
export const limits = computed<Range | null>(() => {
  const shown = shownTensor.value;
  if (shown === null) return null;
  const { min, max } = shown.tensor.histogram;
  const [low, high] = limitsOf(min, max, clippingChoice.value.symmetric);
  return low < high ? [low, high] : null;
});

const key = computed(() => shownTensor.value?.key ?? null);

export const shownName = computed(() => shownTensor.value?.name ?? null);

/** Whether a person has set the range in sight. */
export const isRangeSet = computed(() => key.value !== null && Object.hasOwn(pageState.value.ranges, key.value));

export const range = computed<Range | null>(() => {
  const reach = limits.value;
  if (reach === null || key.value === null) return null;
  const chosen = pageState.value.ranges[key.value];
  if (chosen === undefined) return reach;
  const { symmetric } = clippingChoice.value;
  const widest = Math.max(Math.abs(chosen[0]), Math.abs(chosen[1]));
  const wanted: Range = symmetric ? [-widest, widest] : chosen;
  return [Math.max(reach[0], wanted[0]), Math.min(reach[1], wanted[1])];
});

export const effectOfRange = computed<ClippingEffect | null>(() => (range.value === null ? null : effect(range.value)));

function effect([min, max]: Range): ClippingEffect | null {
  const shown = shownTensor.value;
  return shown && clippingEffect(shown.tensor, { ...settings.value, min, max });
}

/** A method of calibration, and the range that it would give the tensor in sight. */
export interface Calibrated {
  readonly title: SentenceId;
  readonly range: Range;
  readonly effect: ClippingEffect;
}

const shownPercentile = 99.9;

/** Each method's range at the bit width that is chosen: all follow from the histogram alone. */
export const calibrated = computed<readonly Calibrated[]>(() => {
  const shown = shownTensor.value;
  const reach = limits.value;
  if (shown === null || reach === null) return [];
  const { tensor } = shown;
  const { bits, symmetric } = settings.value;
  const gridOf = ({ min, max }: ClippingRange) => integerGrid({ bits, symmetric, min, max });
  const ranges: readonly [SentenceId, ClippingRange][] = [
    ['page.detail.whole', { min: reach[0], max: reach[1] }],
    ['page.detail.percentile', percentileRange(tensor, shownPercentile, symmetric)],
    ['page.detail.entropy', entropyRange(tensor, { symmetric, gridOf })],
    ['page.detail.best', bestClipping(tensor, settings.value)],
  ];
  return ranges.map(([title, { min, max }]) => {
    const widened = widenedRange(min, max, symmetric);
    return { title, range: widened, effect: effect(widened)! };
  });
});

/** A range that holds zero, with both ends alike where it is symmetric. */
function widenedRange(min: number, max: number, symmetric: boolean): Range {
  const reach = Math.max(Math.abs(min), Math.abs(max));
  return symmetric ? [-reach, reach] : [Math.min(0, min), Math.max(0, max)];
}

function setRange(chosen: Range | null): void {
  const { [key.peek()!]: _, ...others } = pageState.peek().ranges;
  changePageState({ ranges: chosen === null ? others : { ...others, [key.peek()!]: chosen } });
}

export function moveTo(handle: Handle, value: number): void {
  setRange(moveHandle(range.peek()!, handle, value, limits.peek()!, clippingChoice.peek().symmetric));
}

/** Takes a method's range; the whole one is what there is without any set by hand. */
export function takeRange([low, high]: Range): void {
  const [from, to] = limits.peek()!;
  setRange(low === from && high === to ? null : [low, high]);
}
