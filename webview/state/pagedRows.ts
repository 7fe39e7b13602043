import { signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import { failureOf } from './failureOf.js';
import { blocksOf, rowsOf } from './rowWindow.js';

export interface RowsAnswer<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

export type FetchRows<Row> = (start: number, end: number) => Promise<RowsAnswer<Row>>;

/**
 * Rows of a long table, fetched in blocks when they come into sight. After `ask` with another question the old rows
 * stay in sight until the first answer to the new one is there, so that nothing blinks.
 */
export class PagedRows<Row> {
  /** How many rows there are; null until the first answer. */
  readonly total = signal<number | null>(null);
  /** Moves with every change of what `row` answers. */
  readonly revision = signal(0);
  readonly failure = signal<FailureData | null>(null);
  #fetch: FetchRows<Row> | null = null;
  #rows = new Map<number, Row>();
  #asked = new Set<number>();
  #question = 0;
  #answered = 0;
  #wanted: readonly [number, number] = [0, 0];

  row(position: number): Row | undefined {
    return this.#rows.get(position);
  }

  /** The rows that are here, by position. */
  entries(): IterableIterator<[number, Row]> {
    return this.#rows.entries();
  }

  /** Puts another question; null for none. */
  ask(fetch: FetchRows<Row> | null, start = 0, end = 1): void {
    this.#fetch = fetch;
    this.#asked.clear();
    this.#question += 1;
    this.failure.value = null;
    if (fetch === null) {
      this.#rows.clear();
      this.total.value = null;
      return;
    }
    this.#wanted = [start, end];
    this.#request();
  }

  /** Puts the same question again. */
  askAgain(): void {
    this.ask(this.#fetch, ...this.#wanted);
  }

  /** Says which rows are in sight (end exclusive). */
  need(start: number, end: number): void {
    this.#wanted = [start, end];
    this.#request();
  }

  #request(): void {
    const total = this.#answered === this.#question ? this.total.peek() : null;
    const [start, end] = this.#wanted;
    for (const block of blocksOf(start, Math.max(end, start + 1), total ?? Infinity)) {
      if (this.#asked.has(block)) continue;
      this.#asked.add(block);
      void this.#load(block, total ?? Infinity);
    }
  }

  async #load(block: number, total: number): Promise<void> {
    const question = this.#question;
    const { start, end } = rowsOf(block, total);
    try {
      const answer = await this.#fetch!(start, end);
      if (question !== this.#question) return;
      if (this.#answered !== question) {
        this.#rows.clear();
        this.#answered = question;
      }
      answer.rows.forEach((row, i) => this.#rows.set(start + i, row));
      this.total.value = answer.total;
      this.revision.value += 1;
      this.#request();
    } catch (error) {
      if (question !== this.#question) return;
      this.#asked.delete(block);
      this.failure.value = failureOf(error);
    }
  }
}
