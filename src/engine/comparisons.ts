import { resolve } from 'node:path';
import { compareModels } from '../evaluate/compareModels.js';
import type { ModelTotals } from '../evaluate/comparison.js';
import type { ComparedQuery, ComparedRow } from '../protocol/engineService.js';
import type { Progress } from '../recipe/report.js';
import { comparedPlace, comparedRows, findCompared } from './comparedTable.js';
import { findErrors, withActivations, type KeptErrors } from './comparisonErrors.js';
import { stampOf } from './fileWatch.js';
import { paced } from './paced.js';
import type { Results } from './results.js';
import type { StateFolder } from './stateFolder.js';

interface Compared {
  readonly totals: { readonly a: ModelTotals; readonly b: ModelTotals };
  readonly rows: readonly ComparedRow[];
  /** What data said of the models, where it was measured. */
  readonly errors: KeptErrors | null;
}

/** Comparisons that are kept for the pages that show them. */
const keptComparisons = 8;
const rowsPerAnswer = 256;

/** Comparisons of files as they are now: one of a file that changed is made anew. */
export class Comparisons {
  readonly #kept = new Map<string, Compared>();
  /** Made now, for whoever asks for the same in the meantime. */
  readonly #running = new Map<string, Promise<Compared>>();

  constructor(
    private readonly results: Results,
    private readonly state: StateFolder,
  ) {}

  async compare(
    a: string,
    b: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Compared> {
    const key = await keyOf(a, b);
    const known = this.#kept.get(key) ?? (await this.#running.get(key)?.catch(() => undefined));
    if (known) return known;
    const running = this.#make(a, b, signal, onProgress);
    this.#running.set(key, running);
    try {
      const compared = await running;
      this.#kept.set(key, compared);
      for (const oldest of [...this.#kept.keys()].slice(0, -keptComparisons)) this.#kept.delete(oldest);
      return compared;
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }

  async rows(
    a: string,
    b: string,
    query: ComparedQuery,
    range: { readonly start: number; readonly end: number },
    signal: AbortSignal,
  ): Promise<{ rows: ComparedRow[]; total: number }> {
    const found = await this.allRows(a, b, query, signal);
    const start = Math.max(0, range.start);
    return { rows: found.slice(start, Math.min(range.end, start + rowsPerAnswer)), total: found.length };
  }

  /** All rows that a query finds, however many. */
  async allRows(a: string, b: string, query: ComparedQuery, signal: AbortSignal): Promise<ComparedRow[]> {
    const { rows } = await this.compare(a, b, signal, () => undefined);
    return findCompared(rows, query);
  }

  /** Where a row stands under a query. */
  async place(
    a: string,
    b: string,
    query: ComparedQuery,
    of: { readonly index: number } | { readonly layer: string },
    signal: AbortSignal,
  ): Promise<{ position: number; row: ComparedRow } | null> {
    return comparedPlace(await this.allRows(a, b, query, signal), of);
  }

  /** Takes in what was measured of two models on data. */
  async useErrors(a: string, b: string, errors: KeptErrors): Promise<Compared | undefined> {
    const key = await keyOf(a, b);
    const known = this.#kept.get(key);
    if (!known) return undefined;
    const pairs = withActivations(
      known.rows.map(({ pair }) => pair),
      errors,
    );
    const compared = { ...known, errors, rows: known.rows.map((row, i) => ({ ...row, pair: pairs[i]! })) };
    this.#kept.set(key, compared);
    return compared;
  }

  async #make(a: string, b: string, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<Compared> {
    const { totals, layers } = await compareModels(a, b, { signal, onProgress: paced(onProgress) });
    const errors = await findErrors(this.state, a, b);
    const report = await this.results.find('reports', b);
    return { totals, rows: comparedRows(withActivations(layers, errors), report), errors };
  }
}

async function keyOf(a: string, b: string): Promise<string> {
  return JSON.stringify([resolve(a), await stampOf(a), resolve(b), await stampOf(b)]);
}
