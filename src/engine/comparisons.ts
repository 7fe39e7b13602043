import { resolve } from 'node:path';
import type { Comparison, ModelTotals } from '../evaluate/comparison.js';
import type { ComparedQuery, ComparedRow } from '../protocol/engineService.js';
import type { Progress } from '../recipe/report.js';
import { comparedRows, findCompared } from './comparedTable.js';
import { stampOf } from './fileWatch.js';
import type { Results } from './results.js';

/** Compares two files, given by path. */
export type CompareFiles = (
  a: string,
  b: string,
  context: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
) => Promise<Comparison>;

interface Compared {
  readonly totals: { readonly a: ModelTotals; readonly b: ModelTotals };
  readonly rows: readonly ComparedRow[];
}

/** Comparisons that are kept for the pages that show them. */
const keptComparisons = 8;
const rowsPerAnswer = 256;

/** Comparisons of files as they are now: one of a file that changed is made anew. */
export class Comparisons {
  readonly #kept = new Map<string, Compared>();

  constructor(
    private readonly compareFiles: CompareFiles,
    private readonly results: Results,
  ) {}

  async compare(
    a: string,
    b: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Compared> {
    const key = JSON.stringify([resolve(a), await stampOf(a), resolve(b), await stampOf(b)]);
    const known = this.#kept.get(key);
    if (known) return known;
    const { totals, layers } = await this.compareFiles(a, b, { signal, onProgress });
    const compared = { totals, rows: comparedRows(layers, await this.results.find('reports', b)) };
    this.#kept.set(key, compared);
    for (const oldest of [...this.#kept.keys()].slice(0, -keptComparisons)) this.#kept.delete(oldest);
    return compared;
  }

  async rows(
    a: string,
    b: string,
    query: ComparedQuery,
    range: { readonly start: number; readonly end: number },
    signal: AbortSignal,
  ): Promise<{ rows: ComparedRow[]; total: number }> {
    const { rows } = await this.compare(a, b, signal, () => undefined);
    const found = findCompared(rows, query);
    const start = Math.max(0, range.start);
    return { rows: found.slice(start, Math.min(range.end, start + rowsPerAnswer)), total: found.length };
  }
}
