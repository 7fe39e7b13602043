import { availableParallelism } from 'node:os';
import type { Rows, RowsInput } from '../inspect/diagram/rows.js';
import { layoutRows } from '../inspect/diagram/rows.js';
import type { RowsWorker } from '../inspect/diagram/rowsWorker.js';
import { ThreadPool, threadDetail } from '../threads/threadPool.js';
import { Failure } from '../messages/failure.js';

/** Beyond two, layouts are done before more threads have started. */
const mostThreads = 2;
/** Frames of so few boxes, and lines to them, are laid out sooner than a thread is asked. */
const fewBoxes = 12;

/** Threads that lay out frames of diagrams, so that the engine answers all the while. */
export class LayoutPool {
  readonly lanes = Math.min(mostThreads, availableParallelism());
  readonly #threads: ThreadPool<RowsWorker>;

  /** `workerPath` is the bundle of rowsWorker. */
  constructor(workerPath: string) {
    this.#threads = new ThreadPool(workerPath, this.lanes);
  }

  /** Rejects with 'engine.layout-failed' where a thread cannot start, fails or dies. */
  readonly layOutRows = async (input: RowsInput): Promise<Rows> => {
    if (input.sizes.length <= fewBoxes) return layoutRows(input);
    try {
      return await this.#threads.run('layoutRows', input);
    } catch (error) {
      throw new Failure('engine.layout-failed', { detail: threadDetail(error) }, { cause: error });
    }
  };

  /** Ends the threads; what they are at rejects. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}
