/** What a page remembers over hiding, reloading and restarts: written under the model's content by the engine. */
import { effect, signal } from '@preact/signals';
import type { Json } from '../../src/compress/method.js';
import type { DiagramExpansion, DiagramMetric } from '../../src/protocol/diagramCalls.js';
import type { LayerGrouping, TableQuery } from '../../src/protocol/engineService.js';
import type { PageName } from '../../src/protocol/pageService.js';
import { sortableColumns } from './layerOrder.js';

export interface Selection {
  /** Position of the layer in file order. */
  readonly index: number;
  readonly name: string;
}

export interface ClippingChoice {
  readonly bits: number;
  readonly symmetric: boolean;
  readonly perChannel: boolean;
}

export interface GraphChoice {
  /** Ids of what was expanded by hand. */
  readonly expanded: DiagramExpansion;
  readonly metric: DiagramMetric;
}

/** What the form of a compression was set to: options that are not there have their defaults. */
export interface FormChoice {
  /** Empty for the first method. */
  readonly method: string;
  readonly options: Readonly<Record<string, Json>>;
}

export interface PageState {
  readonly page: PageName;
  readonly query: TableQuery;
  readonly selection: Selection | null;
  /** Where the selected layer stood in the table, under `query`. */
  readonly position: number;
  readonly detailOpen: boolean;
  /** The name of the tab of the detail. */
  readonly detailTab: string;
  /** Columns of the layer table that were shown or hidden by hand, by id. */
  readonly columns: Readonly<Record<string, boolean>>;
  readonly logCounts: boolean;
  readonly channelsByRange: boolean;
  readonly clipping: ClippingChoice;
  /** Clipping ranges that were set by hand, by `layer\nweight`. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  readonly graph: GraphChoice;
  readonly form: FormChoice;
}

export const bitWidths = [2, 3, 4, 5, 6, 7, 8, 16] as const;
const pages: readonly PageName[] = ['overview', 'layers', 'graph', 'compress', 'compare'];
export const groupings: readonly LayerGrouping[] = ['none', 'op', 'scope'];

export const graphMetrics: readonly DiagramMetric[] = [
  'parameters',
  'bytes',
  'macs',
  'zeros',
  'range',
  'activationBytes',
  'energy',
  'time',
  'error',
  'sensitivity',
];

export const defaultQuery: TableQuery = {
  search: '',
  sortBy: 'order',
  descending: false,
  weightsOnly: false,
  groupBy: 'none',
  unfolded: [],
};

export const defaultPageState: PageState = {
  page: 'layers',
  query: defaultQuery,
  selection: null,
  position: 0,
  detailOpen: false,
  detailTab: 'weights',
  columns: {},
  logCounts: false,
  channelsByRange: false,
  clipping: { bits: 8, symmetric: true, perChannel: false },
  ranges: {},
  graph: { expanded: null, metric: 'parameters' },
  form: { method: '', options: {} },
};

type Fields = { readonly [key: string]: Json };
const fields = (json: Json | undefined): Fields =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : {};
const flag = (json: Json | undefined, fallback: boolean): boolean => (typeof json === 'boolean' ? json : fallback);
const text = (json: Json | undefined, fallback: string): string => (typeof json === 'string' ? json : fallback);
const among = <T extends Json>(json: Json | undefined, values: readonly T[], fallback: T): T =>
  values.find((value) => value === json) ?? fallback;
const index = (json: Json | undefined): number | undefined =>
  typeof json === 'number' && Number.isInteger(json) && json >= 0 ? json : undefined;

const expansion = (json: Json | undefined): DiagramExpansion =>
  json === 'all' || (Array.isArray(json) && json.every((id) => typeof id === 'string')) ? json : null;

/** A state as an older or a newer version may have written it: what does not fit falls back to its default. */
export function parsePageState(json: Json): PageState {
  const state = fields(json);
  const query = fields(state.query);
  const selection = fields(state.selection);
  const clipping = fields(state.clipping);
  const graph = fields(state.graph);
  const form = fields(state.form);
  const selected = index(selection.index);
  return {
    page: among(state.page, pages, defaultPageState.page),
    query: {
      search: text(query.search, ''),
      sortBy: among(query.sortBy, sortableColumns, 'order'),
      descending: flag(query.descending, false),
      weightsOnly: flag(query.weightsOnly, false),
      groupBy: among(query.groupBy, groupings, 'none'),
      unfolded: Array.isArray(query.unfolded) ? query.unfolded.filter((key) => typeof key === 'string') : [],
    },
    selection:
      selected !== undefined && typeof selection.name === 'string' ? { index: selected, name: selection.name } : null,
    position: index(state.position) ?? 0,
    detailOpen: flag(state.detailOpen, false),
    detailTab: text(state.detailTab, defaultPageState.detailTab),
    columns: Object.fromEntries(Object.entries(fields(state.columns)).filter(isChoice)),
    logCounts: flag(state.logCounts, false),
    channelsByRange: flag(state.channelsByRange, false),
    clipping: {
      bits: among(clipping.bits, bitWidths, 8),
      symmetric: flag(clipping.symmetric, true),
      perChannel: flag(clipping.perChannel, false),
    },
    ranges: Object.fromEntries(Object.entries(fields(state.ranges)).filter(isRange)),
    graph: {
      expanded: expansion(graph.expanded),
      metric: among(graph.metric, graphMetrics, 'parameters'),
    },
    form: { method: text(form.method, ''), options: fields(form.options) },
  };
}

const isChoice = (entry: [string, Json]): entry is [string, boolean] => typeof entry[1] === 'boolean';

function isRange(entry: [string, unknown]): entry is [string, readonly [number, number]] {
  const range = entry[1];
  return (
    Array.isArray(range) &&
    range.length === 2 &&
    range.every((end) => typeof end === 'number' && Number.isFinite(end)) &&
    range[0] < range[1]
  );
}

export const pageState = signal<PageState>(defaultPageState);

export function changePageState(change: Partial<PageState>): void {
  pageState.value = { ...pageState.peek(), ...change };
}

/** Calls `write` with the state `delay` milliseconds after its last change. Returns the end of it, which writes at once. */
export function persistPageState(write: (state: Json) => void, delay: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = pageState.peek();
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const state = pageState.peek();
    if (state === written) return;
    written = state;
    write(state as unknown as Json);
  };
  const stop = effect(() => {
    if (pageState.value === written) return;
    clearTimeout(timer);
    timer = setTimeout(flush, delay);
  });
  return () => {
    stop();
    flush();
  };
}
