import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../messages/failure.js';
import type { Output } from '../outputs.js';
import type { MetricCard, MetricReply, MetricRequest, MetricResult, MetricTrouble } from './metricMessages.js';

/** Memory of a metric's thread, in megabytes. */
const heapMegabytes = 2048;

/** A metric of the user's, an ES module, in a thread of its own. Aborting the signal ends it, whatever it is at. */
export class MetricRunner {
  #settle: { resolve(reply: MetricReply): void; reject(error: Failure): void } | undefined;
  #end: Failure | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly path: string,
    private readonly signal: AbortSignal | undefined,
    public card: MetricCard,
  ) {
    const end = (failure: Failure) => {
      this.#end ??= failure;
      this.#settle?.reject(this.#end);
    };
    worker.on('message', (reply: MetricReply) => this.#settle?.resolve(reply));
    worker.on('error', (error) => end(this.#failure({ detail: firstLine(error), line: 0 })));
    worker.on('exit', (code) => end(this.#failure({ detail: `it ended its thread (exit code ${code})`, line: 0 })));
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /**
   * Loads a module. Fails with `evaluate.metric` that names the file and, where it is known, the line.
   *
   * @param workerPath the bundle of metricWorker.ts
   * @param models for how many models at once
   */
  static async start(
    path: string,
    {
      workerPath,
      models,
      signal,
    }: { readonly workerPath: string; readonly models: number; readonly signal?: AbortSignal },
  ): Promise<MetricRunner> {
    const file = resolve(path);
    if (!(await stat(file).catch(() => undefined))?.isFile())
      throw new Failure('evaluate.metric-missing', { file: path });
    signal?.throwIfAborted();
    const worker = new Worker(workerPath, {
      workerData: { path: file, models },
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
      execArgv: [],
      stdout: true,
    });
    const runner = new MetricRunner(worker, path, signal, { name: '', betterIs: 'higher' });
    try {
      const reply = await runner.#next();
      if (reply.kind === 'ready') runner.card = reply.card;
      return runner;
    } catch (error) {
      await runner.close();
      throw error;
    }
  }

  /** Adds the outputs of a model on one sample. */
  async add(model: number, index: number, outputs: readonly Output[], label: number | undefined): Promise<void> {
    const told = Object.fromEntries(outputs.map(({ name, shape, numbers }) => [name, { shape, data: numbers }]));
    await this.#ask({ kind: 'add', model, sample: { index }, outputs: told, label });
  }

  async result(model: number): Promise<MetricResult> {
    const reply = await this.#ask({ kind: 'result', model });
    if (reply.kind !== 'result') throw new RangeError(`${reply.kind} is no result`);
    return reply.result;
  }

  async close(): Promise<void> {
    this.signal?.removeEventListener('abort', this.#abort);
    this.#end ??= new Failure('cancelled');
    await this.worker.terminate();
  }

  async #ask(request: MetricRequest): Promise<MetricReply> {
    if (this.#end) throw this.#end;
    const next = this.#next();
    this.worker.postMessage(request);
    return next;
  }

  async #next(): Promise<MetricReply> {
    const reply = await new Promise<MetricReply>((resolve, reject) => {
      if (this.#end) reject(this.#end);
      this.#settle = { resolve, reject };
    });
    if (reply.kind === 'failed') throw this.#failure(reply.trouble);
    return reply;
  }

  readonly #abort = () => {
    this.#end ??= new Failure('cancelled');
    this.#settle?.reject(this.#end);
    void this.worker.terminate();
  };

  #failure({ detail, line }: MetricTrouble): Failure {
    return new Failure('evaluate.metric', { file: line > 0 ? `${this.path}, line ${line}` : this.path, detail });
  }
}

/** Fails where a metric cannot be run: before work begins whose end it would be. */
export async function checkMetric(
  path: string | null | undefined,
  workerPath: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  if (path) await (await startMetric(path, { workerPath, models: 1, signal })).close();
}

/** Fails with `evaluate.metric-not-here` where no metric may be run. */
export function startMetric(
  path: string,
  {
    workerPath,
    ...options
  }: { readonly workerPath: string | undefined; readonly models: number; readonly signal?: AbortSignal },
): Promise<MetricRunner> {
  if (workerPath === undefined) throw new Failure('evaluate.metric-not-here', { file: path });
  return MetricRunner.start(path, { workerPath, ...options });
}

function firstLine(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : String(error);
}
