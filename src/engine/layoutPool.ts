import { availableParallelism } from 'node:os';
import type { Pool } from 'workerpool';
import { pool } from 'workerpool';
import type { Rows, RowsInput } from '../inspect/diagram/rows.js';
import { layoutRows } from '../inspect/diagram/rows.js';
import type { RowsWorker } from '../inspect/diagram/rowsWorker.js';

/** Beyond two, layouts are done before more threads have started. */
const mostThreads = 2;
/** Frames of so few boxes, and lines to them, are laid out sooner than a thread is asked. */
const fewBoxes = 12;
/** Milliseconds after which threads that have nothing to do are let go. */
const idleTime = 10_000;

/** Threads that lay out frames of diagrams, so that the engine answers all the while. */
export class LayoutPool {
  readonly lanes = Math.min(mostThreads, availableParallelism());
  #pool: Pool | undefined;
  #users = 0;
  #letGo: NodeJS.Timeout | undefined;

  /** `workerPath` is the bundle of rowsWorker. */
  constructor(private readonly workerPath: string) {}

  readonly layOutRows = async (input: RowsInput): Promise<Rows> => {
    if (input.sizes.length <= fewBoxes) return layoutRows(input);
    clearTimeout(this.#letGo);
    this.#pool ??= pool(this.workerPath, { maxWorkers: this.lanes, workerType: 'thread' });
    this.#users++;
    try {
      return (await this.#pool.exec('layoutRows', [input])) as Awaited<ReturnType<RowsWorker['layoutRows']>>;
    } finally {
      if (--this.#users === 0) this.#letGo = setTimeout(() => void this.close(), idleTime).unref();
    }
  };

  /** Ends the threads; what they are at rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#letGo);
    const ending = this.#pool;
    this.#pool = undefined;
    await ending?.terminate(true);
  }
}
