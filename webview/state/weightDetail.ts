/** The selected layer and the weight of it that is looked at closely. */
import { computed, effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { LayerRow, WeightDetail } from '../../src/protocol/engineService.js';
import type { PageName } from '../../src/protocol/pageService.js';
import { isGroup, layerRows } from './layerRows.js';
import type { Selection } from './pageState.js';
import { changePageState, defaultQuery, pageState } from './pageState.js';
import { failureOf } from './failureOf.js';
import { client, generation } from './session.js';

export const detailRow = signal<LayerRow | null>(null);
/** Stays that of the layer before until that of the new one is here. */
export const detail = signal<WeightDetail | null>(null);
export const detailFailure = signal<FailureData | null>(null);
/** The weight that was picked; null for the layer's largest. */
export const pickedWeight = signal<string | null>(null);

/** Whether `detail` is of the layer and weight that are selected. */
export const detailCurrent = computed(
  () =>
    detail.value !== null &&
    detailRow.value !== null &&
    detail.value.layer === detailRow.value.index &&
    detail.value.weight === shownWeight.value?.name,
);

export const shownWeight = computed(() => {
  const weights = detailRow.value?.card.weights ?? [];
  return (
    weights.find(({ name }) => name === pickedWeight.value) ??
    weights.reduce<(typeof weights)[number] | null>(
      (largest, weight) => (largest === null || weight.bytes > largest.bytes ? weight : largest),
      null,
    )
  );
});

let awaitedWeight: string | null = null;

/** Picks a weight by its name in the layer that is selected next, or in the one that is shown. */
export function lookAtWeight(name: string): void {
  awaitedWeight = name;
  if (detailRow.peek()?.card.weights.some((weight) => weight.name === name)) pickedWeight.value = name;
}

/** A layer's row: from the table where it is there, else asked for. */
async function rowOf({ index, name }: Selection): Promise<LayerRow | null> {
  for (const [, row] of layerRows.entries()) if (!isGroup(row) && row.index === index) return row;
  const { rows } = await client.call('layers', { query: defaultQuery, start: index, end: index + 1 });
  return rows[0]?.card.name === name ? rows[0] : null;
}

let loading: AbortController | null = null;
let settle: ReturnType<typeof setTimeout> | undefined;

/** Asks for the weight's histogram and ranges; waits a little while a person still walks through the rows. */
function load(row: LayerRow, weight: string, delay: number): void {
  loading?.abort();
  clearTimeout(settle);
  const controller = new AbortController();
  loading = controller;
  detailFailure.value = null;
  settle = setTimeout(() => {
    client
      .call('weight', { layer: row.index, weight }, { signal: controller.signal })
      .then((answer) => {
        if (loading === controller) detail.value = answer;
      })
      .catch((error: unknown) => {
        if (loading === controller) detailFailure.value = failureOf(error);
      });
  }, delay);
}

export function loadDetailAgain(): void {
  const row = detailRow.peek();
  const weight = shownWeight.peek();
  if (row && weight) load(row, weight.name, 0);
}

/** Pages that do not show a layer close up: what they select is not read before somebody looks. */
const withoutDetail: readonly PageName[] = ['overview', 'compare'];

export function followDetail(): void {
  let wanted: Selection | null = null;
  let seen = -1;
  effect(() => {
    const reading = generation.value;
    const { selection, detailOpen, page } = pageState.value;
    if (reading !== seen) {
      // What was read before the file changed is not true any more.
      seen = reading;
      wanted = null;
      detailRow.value = null;
      detail.value = null;
    }
    if (reading === 0 || selection === null || !detailOpen || withoutDetail.includes(page)) return;
    if (wanted?.index === selection.index && wanted.name === selection.name) return;
    wanted = selection;
    void rowOf(selection)
      .then((row) => {
        if (wanted !== selection) return;
        if (row === null) return changePageState({ selection: null, detailOpen: false });
        pickedWeight.value = awaitedWeight;
        awaitedWeight = null;
        detailRow.value = row;
      })
      .catch((error: unknown) => {
        detailFailure.value = failureOf(error);
      });
  });
  effect(() => {
    const row = detailRow.value;
    const weight = shownWeight.value;
    if (row === null || weight === null || weight.unreadable) return;
    const shown = detail.peek();
    if (shown?.layer === row.index && shown.weight === weight.name) return;
    load(row, weight.name, shown === null ? 0 : 80);
  });
}
