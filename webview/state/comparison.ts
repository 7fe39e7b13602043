/** What the Compare page knows: the report of the compression that made this model, evaluations, and layers side by side. */
import { computed, effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { ComparedQuery, ComparedRow, ComparisonCard, ReportCard } from '../../src/protocol/engineService.js';
import type { Progress } from '../../src/recipe/report.js';
import { PagedRows } from './pagedRows.js';
import { changePageState, pageState } from './pageState.js';
import { failureOf } from './failureOf.js';
import { against, client, errorsMeasured, evaluation, generation, jobs, reportError, started } from './session.js';

/** The report of the compression that made this model; undefined while it is asked for. */
export const report = signal<ReportCard | null | undefined>(undefined);
export const comparison = signal<ComparisonCard | null>(null);
export const comparisonProgress = signal<Progress | null>(null);
export const comparisonFailure = signal<FailureData | null>(null);
export const comparedRows = new PagedRows<ComparedRow>();
export const comparedQuery = signal<ComparedQuery>({
  search: '',
  sortBy: 'order',
  descending: false,
  changedOnly: false,
});
/** Where the selected row stands in the table; -1 for none. */
export const comparedPosition = signal(-1);
export const comparedSelection = signal<ComparedRow | null>(null);

/** The model that this one is held against: the one that was asked for, else the one it was made from. */
export const original = computed(() => against.value ?? report.value?.input ?? null);

export function changeComparedQuery(change: Partial<ComparedQuery>): void {
  comparedQuery.value = { ...comparedQuery.peek(), ...change };
  selectCompared(-1);
}

/** Selects the row at a position of the table, as far as it is there; -1 selects none. */
export function selectCompared(position: number): void {
  comparedPosition.value = position;
  select(comparedRows.row(position) ?? null);
}

/** The same layer is selected on the other pages. */
function select(row: ComparedRow | null): void {
  comparedSelection.value = row;
  const name = row?.pair.b ?? null;
  const index = row?.pair.index.b ?? null;
  if (name === null || index === null || pageState.peek().selection?.name === name) return;
  changePageState({ selection: { index, name }, position: index });
}

/** Selects a pair by its number, or by its layer in this model; where the query hides it, all layers are shown, or none is selected. */
export async function selectPair(
  of: { readonly index: number } | { readonly layer: string },
  where: 'anywhere' | 'within' = 'anywhere',
): Promise<void> {
  const a = original.peek();
  if (a === null) return;
  const b = started.peek()!.opened.path;
  const place = () => client.call('comparedPlace', { a, b, query: comparedQuery.peek(), of });
  let found = await place();
  if (!found && where === 'anywhere') {
    if (comparedQuery.peek().search === '' && !comparedQuery.peek().changedOnly) return;
    changeComparedQuery({ search: '', changedOnly: false });
    found = await place();
  }
  if (!found) return;
  comparedPosition.value = found.position;
  select(found.row);
}

export function sortCompared(sortBy: ComparedQuery['sortBy']): void {
  const query = comparedQuery.peek();
  const largestFirst = sortBy === 'bytesA' || sortBy === 'bytesB';
  if (query.sortBy !== sortBy) changeComparedQuery({ sortBy, descending: largestFirst });
  else if (query.descending === largestFirst) changeComparedQuery({ descending: !largestFirst });
  else changeComparedQuery({ sortBy: 'order', descending: false });
}

async function loadReport(): Promise<void> {
  const reading = generation.peek();
  const { path } = started.peek()!.opened;
  try {
    const [card, evaluated] = await Promise.all([
      client.call('reportCard', { path }),
      client.call('evaluation', { path }),
    ]);
    if (reading !== generation.peek()) return;
    report.value = card;
    evaluation.value = evaluated;
  } catch (error) {
    if (reading !== generation.peek()) return;
    report.value = null;
    comparisonFailure.value = failureOf(error);
  }
}

let comparing: AbortController | null = null;

async function compareWith(a: string, b: string): Promise<void> {
  comparing?.abort();
  const controller = new AbortController();
  comparing = controller;
  const current = (): boolean => comparing === controller;
  comparisonFailure.value = null;
  try {
    const card = await client.call(
      'compare',
      { a, b },
      {
        signal: controller.signal,
        onEvent: (progress) => {
          if (current()) comparisonProgress.value = progress;
        },
      },
    );
    if (current()) comparison.value = card;
  } catch (error) {
    if (current()) comparisonFailure.value = failureOf(error);
  }
  if (current()) comparisonProgress.value = null;
}

/** Compares again after a failure. */
export function compareAgain(): void {
  const a = original.peek();
  if (a !== null) void compareWith(a, started.peek()!.opened.path);
  else void loadReport();
}

/** Follows the model, and compares when the page is looked at. */
export function followComparison(): void {
  let reportOf = -1;
  let compared = '';
  let carried: string | null = null;
  effect(() => {
    const reading = generation.value;
    const running = jobs.value.length > 0;
    const shown = pageState.value.page === 'compare';
    if (reading === 0 || !shown || running || reportOf === reading) return;
    reportOf = reading;
    report.value = undefined;
    void loadReport();
  });
  effect(() => {
    const reading = generation.value;
    const shown = pageState.value.page === 'compare';
    const a = original.value;
    if (reading === 0 || !shown || report.value === undefined) return;
    const pair = `${reading}\n${a}`;
    if (pair === compared) return;
    compared = pair;
    comparison.value = null;
    comparisonProgress.value = null;
    comparedRows.ask(null);
    selectCompared(-1);
    if (a === null) comparing?.abort();
    else void compareWith(a, started.peek()!.opened.path);
  });
  effect(() => {
    const query = comparedQuery.value;
    if (comparison.value === null) return;
    const a = original.peek()!;
    const b = started.peek()!.opened.path;
    comparedRows.ask((start, end) => client.call('comparedLayers', { a, b, query, start, end }));
  });
  effect(() => {
    // The rows that are here were read before their errors were measured.
    if (errorsMeasured.value > 0) comparedRows.askAgain();
  });
  effect(() => {
    // The layer that is selected on another page is selected here, too, once: it may be left again.
    const { page, selection } = pageState.value;
    if (page !== 'compare') carried = null;
    if (page !== 'compare' || comparedRows.total.value === null || !selection || carried === selection.name) return;
    carried = selection.name;
    if (comparedSelection.peek()?.pair.b === carried) return;
    selectPair({ layer: carried }, 'within').catch(reportError);
  });
  effect(() => {
    // The row that a key led to may arrive after the key.
    if (comparedRows.revision.value > 0 && comparedPosition.peek() >= 0 && comparedSelection.peek() === null)
      selectCompared(comparedPosition.peek());
  });
}
