import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'workerpool';
import { pool } from 'workerpool';

/** Milliseconds after which threads that have nothing to do are let go. */
const idleTime = 10_000;

type Methods<Worker> = { readonly [Name in keyof Worker]: (...params: never[]) => unknown };

/**
 * Threads that run the methods of one bundle. They start when there is something to do, and end when there has been
 * nothing for a while. Where a thread cannot start, or dies, what it was at rejects; the rest goes on on another.
 */
export class ThreadPool<Worker extends Methods<Worker>> {
  #pool: Pool | undefined;
  #letGo: NodeJS.Timeout | undefined;
  #isClosed = false;
  #running = 0;
  /**
   * What waits for a thread. It waits here, because workerpool never comes to what waits in its own queue once a thread
   * has died.
   */
  readonly #waiting: (() => void)[] = [];

  /** `path` is that of the bundle. */
  constructor(
    private readonly path: string,
    readonly threads: number,
  ) {}

  /** Rejects with what the method threw, or with an error that says how its thread ended. */
  async run<Name extends keyof Worker & string>(
    method: Name,
    ...params: Parameters<Worker[Name]>
  ): Promise<Awaited<ReturnType<Worker[Name]>>> {
    clearTimeout(this.#letGo);
    if (this.#running < this.threads) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      if (this.#isClosed) throw new Error('the pool was closed');
      this.#pool ??= pool(this.path, { maxWorkers: this.threads, workerType: 'thread' });
      return (await this.#pool.exec(method, params)) as Awaited<ReturnType<Worker[Name]>>;
    } catch (error) {
      // Until workerpool has dropped a thread that died, it would give it more to do.
      await setImmediate();
      throw error;
    } finally {
      this.#handOver();
    }
  }

  /** Ends the threads; what they are at, and what waits for them, rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#release(true);
  }

  /** Gives the place of what is done to what waits. */
  #handOver(): void {
    const next = this.#waiting.shift();
    if (next) return next();
    if (--this.#running > 0 || this.#isClosed) return;
    this.#letGo = setTimeout(() => void this.#release(false), idleTime).unref();
  }

  async #release(force: boolean): Promise<void> {
    clearTimeout(this.#letGo);
    const ending = this.#pool;
    this.#pool = undefined;
    await ending?.terminate(force);
  }
}

/** What went wrong with a method or its thread, in one line. */
export function threadDetail(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const exitCode = /exitCode: `(\d+)`/.exec(error.message)?.[1];
  if (exitCode !== undefined) return `it ended with exit code ${exitCode}`;
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.split('\n', 1)[0]!;
}
