/** The rows of the layer table, and the statistics that stream into them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type {
  GroupRow,
  LayerColumn,
  LayerRow,
  StatisticsEvent,
  TableQuery,
  TableRow,
  WeightSummary,
} from '../../src/protocol/engineService.js';
import type { FailureData } from '../../src/messages/failure.js';
import { holderKeys } from '../../src/engine/groupKeys.js';
import { layerOrders } from './layerOrder.js';
import { PagedRows } from './pagedRows.js';
import { changePageState, defaultQuery, pageState } from './pageState.js';
import { failureOf } from './failureOf.js';
import { changeTabState } from './tabState.js';
import { client, generation, reportError, started, timesRead } from './session.js';

export const layerRows = new PagedRows<TableRow>();
export const statisticsFraction = signal(0);
export const statisticsFailure = signal<FailureData | null>(null);
export const layerQuery = computed(() => pageState.value.query);

export const isGroup = (row: TableRow): row is GroupRow => 'group' in row;

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

/** Of a layer's largest weight, by the layer's position in file order. */
export const summaryOfLayer = (index: number): WeightSummary | undefined => arrivals.get(index)?.summary;

/** Narrows or reorders the table; the selection stays and is looked for among the new rows. */
export function changeQuery(change: Partial<TableQuery>): void {
  changeTabState({ layersScroll: null });
  changePageState({ query: { ...pageState.peek().query, ...change }, position: 0 });
}

/** Sorts by a column; by the same column again in the other direction, and then in file order. Numbers begin with the largest. */
export function sortLayers(column: LayerColumn): void {
  const { sortBy, descending } = pageState.peek().query;
  const { largestFirst } = layerOrders[column];
  if (sortBy !== column) changeQuery({ sortBy: column, descending: largestFirst });
  else if (descending === largestFirst) changeQuery({ descending: !descending });
  else changeQuery({ sortBy: 'order', descending: false });
}

/** Of a selected layer that was not looked for in the table yet. */
const unknownPosition = -1;

/** A position that was selected before its row was there. */
export const awaitedRow = signal<number | null>(null);

/** Selects the layer at a position of the table, as soon as its row is there. On a group the selection stays as it was. */
export function selectRow(position: number): void {
  const row = layerRows.row(position);
  awaitedRow.value = row ? null : position;
  const layer = row && !isGroup(row) ? { selection: { index: row.index, name: row.card.name } } : {};
  changePageState({ position, ...layer });
}

/** Folds the group at a position of the table, or opens it. While something is searched all groups stand open. */
export function toggleGroup(position: number): void {
  const row = layerRows.row(position);
  const { query } = pageState.peek();
  if (!row || !isGroup(row) || query.search.trim() !== '') return;
  const { key } = row.group;
  const others = query.unfolded.filter((unfolded) => unfolded !== key);
  changePageState({ position, query: { ...query, unfolded: row.group.open ? others : [...others, key] } });
}

let asked = 0;

/** Selects a layer by its position in file order; where it stands in the table is found when the table is seen. */
export async function selectLayer(index: number): Promise<void> {
  const question = (asked += 1);
  const { rows } = await client.call('layers', { query: defaultQuery, start: index, end: index + 1 });
  if (rows[0] === undefined || question !== asked) return;
  const inFileOrder = pageState.peek().query === defaultQuery;
  changePageState({
    selection: { index, name: rows[0].card.name },
    position: inFileOrder ? index : unknownPosition,
  });
}

const searchRows = 256;

/** Looks for the selected layer in the table. Groups that hide it are unfolded; where a filter does, the filter goes. */
async function findPosition(index: number, query: TableQuery): Promise<void> {
  const still = (): boolean =>
    pageState.peek().selection?.index === index && pageState.peek().query === query && pageState.peek().position < 0;
  for (let start = 0, total = 1; start < total; start += searchRows) {
    const answer = await client.call('layerTable', { query, start, end: start + searchRows });
    if (!still()) return;
    total = answer.total;
    const offset = answer.rows.findIndex((row) => !isGroup(row) && row.index === index);
    if (offset >= 0) return changePageState({ position: start + offset });
  }
  const { rows } = await client.call('layers', { query: defaultQuery, start: index, end: index + 1 });
  if (!still()) return;
  const shown = rows[0] ? unfoldedFor(rows[0], query) : query;
  if (shown.unfolded.length > query.unfolded.length) changePageState({ query: shown });
  else changePageState({ query: defaultQuery, position: index });
}

/** The query with the groups open that hold a layer. */
function unfoldedFor({ card }: LayerRow, query: TableQuery): TableQuery {
  return { ...query, unfolded: [...new Set([...query.unfolded, ...holderKeys(card, query.groupBy)])] };
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
      const { groupBy, unfolded } = pageState.peek().query;
      changePageState({
        page: 'layers',
        query: groupBy === 'none' ? defaultQuery : unfoldedFor(row, { ...defaultQuery, groupBy, unfolded }),
        selection: { index: row.index, name },
        position: groupBy === 'none' ? row.index : unknownPosition,
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
      if (layerOrders[pageState.peek().query.sortBy].measured) layerRows.askAgain();
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
    awaitedRow.value = null;
    const { position } = pageState.peek();
    const from = Math.max(0, position);
    layerRows.ask((start, end) => client.call('layerTable', { query, start, end }), from, from + 1);
  });
  effect(() => {
    const { page, selection, position, query } = pageState.value;
    if (page !== 'layers' || selection === null || position !== unknownPosition || generation.value === 0) return;
    findPosition(selection.index, query).catch(reportError);
  });
  effect(() => {
    if (timesRead.value > 0) layerRows.askAgain();
  });
  effect(() => {
    const awaited = awaitedRow.peek();
    if (layerRows.revision.value > 0 && awaited !== null && layerRows.row(awaited)) selectRow(awaited);
  });
}
