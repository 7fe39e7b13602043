import { setImmediate } from 'node:timers/promises';
import type { StatisticsEvent, WeightSummary } from '../protocol/engineService.js';

/** Measures a layer; undefined where it has nothing that can be measured. */
export type MeasureLayer = (index: number, signal: AbortSignal) => Promise<WeightSummary | undefined>;

/** Rows of one event: about 80 KB. */
const rowsPerEvent = 256;
/** Milliseconds after which rows are sent even if they are few, and after which other work gets its turn. */
const sendInterval = 50;
const workSlice = 20;

interface Listener {
  readonly first: number[];
  readonly emit: (event: StatisticsEvent) => void;
  readonly signal: AbortSignal;
  rows: { index: number; summary: WeightSummary }[];
  lastSent: number;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Measures the layers of a model, a few at once, while somebody listens: what the latest listener has on the screen first,
 * then in file order. A layer under way is finished even when the last listener leaves, so that one who comes back at once
 * (the page scrolled) finds nothing begun again. Nothing is measured twice.
 */
export class StatisticsTask {
  readonly #summaries: Map<number, WeightSummary>;
  readonly #remaining: Set<number>;
  readonly #underWay = new Set<number>();
  readonly #working = new Set<Promise<void>>();
  readonly #total: number;
  readonly #listeners: Listener[] = [];
  readonly #closing = new AbortController();
  #sliceStart = performance.now();

  /** `layers` are the indices that have weights; `known` what was measured before; `lanes` how many are measured at once. */
  constructor(
    layers: readonly number[],
    known: ReadonlyMap<number, WeightSummary>,
    private readonly measureLayer: MeasureLayer,
    private readonly lanes = 1,
  ) {
    this.#summaries = new Map(known);
    this.#remaining = new Set(layers.filter((index) => !known.has(index)));
    this.#total = layers.length;
  }

  get summaries(): ReadonlyMap<number, WeightSummary> {
    return this.#summaries;
  }

  get complete(): boolean {
    return this.#remaining.size === 0;
  }

  /** Tells what is known at once and the rest as it is measured. Resolves when all is; rejects when measuring fails. */
  async listen(first: readonly number[], emit: (event: StatisticsEvent) => void, signal: AbortSignal): Promise<void> {
    this.#sendKnown(emit);
    if (this.complete) return;
    await new Promise<void>((resolve, reject) => {
      const listener: Listener = {
        first: [...first],
        emit,
        signal,
        rows: [],
        lastSent: performance.now(),
        resolve,
        reject,
      };
      this.#listeners.push(listener);
      const leave = () => {
        this.#remove(listener);
        reject(signal.reason);
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#fillLanes();
    });
  }

  /** Stops measuring; listeners are told with an abort. Resolves when nothing reads any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#working);
  }

  #fillLanes(): void {
    if (this.#working.size === 0) this.#sliceStart = performance.now();
    while (this.#underWay.size < this.lanes && this.#listeners.length > 0 && !this.#closing.signal.aborted) {
      const index = this.#next();
      if (index === undefined) return;
      this.#underWay.add(index);
      const work = this.#work(index);
      this.#working.add(work);
      void work.then(() => this.#working.delete(work));
    }
  }

  async #work(index: number): Promise<void> {
    try {
      const summary = await this.measureLayer(index, this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      this.#remaining.delete(index);
      this.#underWay.delete(index);
      if (summary) this.#keep(index, summary);
      this.#send(this.complete);
      if (this.complete) for (const listener of this.#listeners.splice(0)) listener.resolve();
    } catch (error) {
      // At once: a listener that comes now must find that nobody works.
      this.#underWay.delete(index);
      for (const listener of this.#listeners.splice(0)) listener.reject(error);
    }
    if (performance.now() - this.#sliceStart > workSlice) {
      await setImmediate();
      this.#sliceStart = performance.now();
    }
    this.#fillLanes();
  }

  #next(): number | undefined {
    const isFree = (index: number) => this.#remaining.has(index) && !this.#underWay.has(index);
    for (const { first } of [...this.#listeners].reverse()) {
      while (first.length > 0) {
        const index = first.shift()!;
        if (isFree(index)) return index;
      }
    }
    for (const index of this.#remaining) if (isFree(index)) return index;
    return undefined;
  }

  #keep(index: number, summary: WeightSummary): void {
    this.#summaries.set(index, summary);
    for (const { rows } of this.#listeners) rows.push({ index, summary });
  }

  #send(all: boolean): void {
    const now = performance.now();
    for (const listener of this.#listeners) {
      if (!all && listener.rows.length < rowsPerEvent && now - listener.lastSent < sendInterval) continue;
      if (!all && listener.rows.length === 0) continue;
      listener.emit({ rows: listener.rows, fraction: this.#fraction() });
      listener.rows = [];
      listener.lastSent = now;
    }
  }

  #sendKnown(emit: (event: StatisticsEvent) => void): void {
    const rows = [...this.#summaries].map(([index, summary]) => ({ index, summary }));
    for (let start = 0; start < rows.length; start += rowsPerEvent) {
      emit({ rows: rows.slice(start, start + rowsPerEvent), fraction: this.#fraction() });
    }
  }

  #fraction(): number {
    return this.#total === 0 ? 1 : 1 - this.#remaining.size / this.#total;
  }

  #remove(listener: Listener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}
