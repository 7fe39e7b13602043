import { availableParallelism } from 'node:os';
import type { FailureId } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { ChannelRanges } from '../tensor/channelRanges.js';
import { channelRanges, emptyChannelExtremes } from '../tensor/channelRanges.js';
import { widenByPart } from '../tensor/compiledMeasure.js';
import { elementCount } from '../tensor/elementType.js';
import type { TensorStatistics } from '../tensor/measure.js';
import { binsBetween, statisticsOf } from '../tensor/measure.js';
import { finiteCount, mergeMoments, noMoments } from '../tensor/statistics.js';
import type { SourceContentRequest } from './findInWorker.js';
import type { FoundContent } from './findings/findContent.js';
import { abortable, inLanes } from '../threads/inLanes.js';
import type { PartRequest, PartResult } from './measurePart.js';
import type { Answer, StatisticsWorker } from './statisticsWorker.js';
import { ThreadPool, threadDetail } from '../threads/threadPool.js';
import type { WeightSource } from './weightSource.js';
import { isWide, unitOf } from './weightSource.js';

export interface StatisticsPoolOptions {
  /** The bundle of statisticsWorker. */
  readonly workerPath: string;
  /** Workers: as many as there are processors, four at most, where not given. */
  readonly threads?: number;
}

export interface PoolMeasureOptions {
  /** Of the per-channel ranges; null for none. */
  readonly axis: number | null;
  readonly signal?: AbortSignal;
  /** Hears the fraction that is done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Beyond four threads it is the memory that is busy. */
const mostThreads = 4;
/**
 * Bytes of numbers that a worker keeps in its memory: weights up to this are read once. Larger ones are cut into parts of
 * this size, which are read twice, so that the memory of all does not grow with the model. A worker is done with a part
 * within some ten milliseconds: one that was cancelled is not waited for.
 */
const partBytes = 16 << 20;

/** What a method answers unless it fails. */
type Result<Method extends keyof StatisticsWorker> = Exclude<
  Awaited<ReturnType<StatisticsWorker[Method]>>,
  { readonly failure: unknown }
>;

/** Threads that measure weights from their files, and look for what their numbers have in common. */
export class StatisticsPool {
  readonly threads: number;
  readonly #pool: ThreadPool<StatisticsWorker>;
  #alone: Promise<unknown> = Promise.resolve();

  constructor({ workerPath, threads = Math.min(mostThreads, availableParallelism()) }: StatisticsPoolOptions) {
    this.threads = Math.max(1, threads);
    this.#pool = new ThreadPool(workerPath, this.threads);
  }

  /**
   * The statistics of a weight: the same, to the bit, for any number of threads. Rejects with the reader's Failure, with
   * 'inspect.worker-failed' where a worker fails, or with the reason of `signal`.
   */
  async measure(source: WeightSource, { axis, signal, onProgress }: PoolMeasureOptions): Promise<TensorStatistics> {
    const total = elementCount(source.shape);
    if (total === 0) return statisticsOf(noMoments, binsBetween(noMoments), null);
    const parts = partsOf(source, total);
    const isWhole = parts.length === 1;
    let done = 0;
    const measureAll = (request: Pick<PartRequest, 'moments' | 'histogram'>) =>
      // No more at once than there are workers: what comes to the pool later waits for no more than those.
      inLanes(parts, this.threads, signal, async (part) => {
        const result = await this.#run('measure', { source, ...part, ...request });
        onProgress?.(++done / (isWhole ? 1 : 2 * parts.length));
        return result;
      });

    const measured = await measureAll({ moments: { axis }, histogram: isWhole ? 'extremes' : null });
    const moments = measured.reduce((all, part) => mergeMoments(all, part.moments!), noMoments);
    const bins = binsBetween(moments);
    let counted = measured;
    if (!isWhole && finiteCount(moments) > 0) {
      counted = await measureAll({ moments: null, histogram: { min: bins.min, max: bins.max } });
    }
    for (const { counts } of counted) counts?.forEach((count, bin) => (bins.counts[bin]! += count));
    return statisticsOf(moments, bins, axis === null ? null : rangesOf(source.shape, axis, measured));
  }

  /** What the numbers of a weight have in common. Rejects as `measure` does. */
  async content(request: SourceContentRequest, signal?: AbortSignal): Promise<FoundContent> {
    signal?.throwIfAborted();
    // A worker that looks through a large weight hears no message until it is done.
    const givenUp = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const giveUp = () => Atomics.store(givenUp, 0, 1);
    signal?.addEventListener('abort', giveUp);
    try {
      return await abortable(this.#run('content', request, givenUp), signal);
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Does what cannot be done by a worker when nothing else of the kind is done, so that it takes memory only once. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#alone.then(act, act);
    this.#alone = result.catch(() => undefined);
    return result;
  }

  /** Ends the workers; what they are at rejects. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #run<Method extends keyof StatisticsWorker>(
    method: Method,
    ...params: Parameters<StatisticsWorker[Method]>
  ): Promise<Result<Method>> {
    let answer: Answer<Result<Method>>;
    try {
      answer = (await this.#pool.run(method, ...params)) as typeof answer;
    } catch (error) {
      throw new Failure('inspect.worker-failed', { detail: threadDetail(error) }, { cause: error });
    }
    if (!('failure' in answer)) return answer;
    const { code, params: failed, message } = answer.failure;
    if (code === 'internal') throw new Failure('inspect.worker-failed', { detail: message });
    throw new Failure(code as FailureId, failed);
  }
}

function partsOf(source: WeightSource, total: number): { start: number; end: number }[] {
  const elementBytes = isWide(source) ? 8 : 4;
  if (total * elementBytes <= partBytes) return [{ start: 0, end: total }];
  const unit = unitOf(source);
  const step = Math.max(1, Math.floor(partBytes / elementBytes / unit)) * unit;
  const parts = [];
  for (let start = 0; start < total; start += step) parts.push({ start, end: Math.min(total, start + step) });
  return parts;
}

function rangesOf(shape: readonly number[], axis: number, parts: readonly PartResult[]): ChannelRanges {
  const extremes = emptyChannelExtremes(shape, axis);
  for (const { ranges } of parts) if (ranges) widenByPart(extremes, ranges);
  return channelRanges(extremes, axis);
}
