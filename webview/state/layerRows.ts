/** The rows of the layer table, and the statistics that stream into them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type {
  LayerColumn,
  LayerQuery,
  LayerRow,
  StatisticsEvent,
  WeightSummary,
} from '../../src/protocol/engineService.js';
import type { FailureData } from '../../src/messages/failure.js';
import { PagedRows } from './pagedRows.js';
import { changePageState, defaultQuery, pageState } from './pageState.js';
import { failureOf } from './failureOf.js';
import { changeTabState } from './tabState.js';
import { client, generation, started } from './session.js';

export const layerRows = new PagedRows<LayerRow>();
export const statisticsFraction = signal(0);
export const statisticsFailure = signal<FailureData | null>(null);
export const layerQuery = computed(() => pageState.value.query);

interface Arrival {
  readonly summary: WeightSummary;
  /** When it came, in milliseconds of the page's clock: what is new fades in. */
  readonly at: number;
}

const arrivals = new Map<number, Arrival>();
const fadeMilliseconds = 400;

export function summaryOf(row: LayerRow): { readonly summary: WeightSummary | undefined; readonly fresh: boolean } {
  const arrival = arrivals.get(row.index);
  const fresh = arrival !== undefined && performance.now() - arrival.at < fadeMilliseconds;
  return { summary: arrival?.summary ?? row.summary, fresh };
}

/** Narrows or reorders the table; the selection stays and is looked for among the new rows. */
export function changeQuery(change: Partial<LayerQuery>): void {
  changeTabState({ layersScroll: null });
  changePageState({ query: { ...pageState.peek().query, ...change }, position: 0 });
}

/** Sorts by a column; by the same column again in the other direction, and then in file order. Numbers begin with the largest. */
export function sortLayers(column: LayerColumn): void {
  const { sortBy, descending } = pageState.peek().query;
  const largestFirst = column === 'parameters' || column === 'bytes' || column === 'macs' || column === 'max';
  if (sortBy !== column) changeQuery({ sortBy: column, descending: largestFirst });
  else if (descending === largestFirst) changeQuery({ descending: !descending });
  else changeQuery({ sortBy: 'order', descending: false });
}

/** A position that was selected before its row was there. */
let awaited: number | null = null;

/** Selects the layer at a position of the table, as soon as its row is there. */
export function selectRow(position: number): void {
  const row = layerRows.row(position);
  awaited = row ? null : position;
  changePageState(row ? { position, selection: { index: row.index, name: row.card.name } } : { position });
}

/** Shows a layer by its name in the table, without any filter that might hide it. */
export async function showLayer(name: string): Promise<void> {
  const query = { ...defaultQuery, search: name };
  for (let start = 0, total = 1; start < total; start += 64) {
    const answer = await client.call('layers', { query, start, end: start + 64 });
    total = answer.total;
    const row = answer.rows.find(({ card }) => card.name === name);
    if (row) {
      changeTabState({ layersScroll: null });
      changePageState({
        page: 'layers',
        query: defaultQuery,
        selection: { index: row.index, name },
        position: row.index,
        detailOpen: true,
      });
      return;
    }
  }
}

let measuring: AbortController | null = null;
let measuredFirst: readonly number[] = [];
let settle: ReturnType<typeof setTimeout> | undefined;

/** Says which layers are in sight, so that theirs are measured first. */
export function measureInSight(rows: readonly LayerRow[]): void {
  if (statisticsFraction.peek() >= 1) return;
  const missing = rows.filter((row) => row.card.weights.length > 0 && !summaryOf(row).summary).map((row) => row.index);
  if (measuring && (missing.length === 0 || missing.every((index) => measuredFirst.includes(index)))) return;
  clearTimeout(settle);
  settle = setTimeout(() => measure(missing), measuring ? 250 : 0);
}

function measure(first: readonly number[]): void {
  measuring?.abort();
  const controller = new AbortController();
  measuring = controller;
  measuredFirst = first;
  client
    .call('statistics', { first }, { signal: controller.signal, onEvent: (event) => takeIn(event, controller) })
    .then(() => {
      if (measuring !== controller) return;
      statisticsFraction.value = 1;
      const { sortBy } = pageState.peek().query;
      if (sortBy === 'min' || sortBy === 'max') layerRows.askAgain();
    })
    .catch((error: unknown) => {
      if (measuring === controller) statisticsFailure.value = failureOf(error);
    });
}

function takeIn({ rows, fraction }: StatisticsEvent, controller: AbortController): void {
  if (measuring !== controller) return;
  const at = performance.now();
  for (const { index, summary } of rows) if (!arrivals.has(index)) arrivals.set(index, { summary, at });
  batch(() => {
    statisticsFraction.value = Math.max(statisticsFraction.peek(), fraction);
    layerRows.revision.value += 1;
  });
}

/** Measures again after a failure. */
export function measureAgain(): void {
  statisticsFailure.value = null;
  measure(measuredFirst);
}

/** Follows the model and the query. */
export function followLayers(): void {
  let seen = -1;
  effect(() => {
    const reading = generation.value;
    const query = layerQuery.value;
    if (started.peek() === null) return;
    if (reading !== seen) {
      seen = reading;
      measuring?.abort();
      measuring = null;
      arrivals.clear();
      statisticsFraction.value = 0;
      statisticsFailure.value = null;
      // The table asks for what is in sight; another page only needs that all is measured.
      if (pageState.peek().page !== 'layers') measureInSight([]);
    }
    awaited = null;
    const { position } = pageState.peek();
    layerRows.ask((start, end) => client.call('layers', { query, start, end }), position, position + 1);
  });
  effect(() => {
    if (layerRows.revision.value > 0 && awaited !== null && layerRows.row(awaited)) selectRow(awaited);
  });
}
