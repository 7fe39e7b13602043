import { basename } from 'node:path';
import type { Dataset } from '../data/dataset.js';
import type { ImageReader } from '../data/images/imageReader.js';
import { carryNotes } from '../data/carried.js';
import { carriedBy, openModelData, type DataChoices } from '../data/openModelData.js';
import { inspectStructure, type Structure } from '../inspect/inspectModel.js';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import { formatDecibels, formatPercent } from '../messages/units.js';
import { openModel, type OpenedModel } from '../onnx/openModel.js';
import { measureExactInt8Sums } from '../runtime/exactInt8Sums.js';
import type { Feeds, Runtime, SessionOptions } from '../runtime/session.js';
import { accuracyChange } from './accuracyChange.js';
import { commonInputs } from './commonInputs.js';
import type { Evaluation, EvaluationReport, Latency, LatencyRatio, MetricFigures } from './evaluation.js';
import { measureLatency } from './latency.js';
import { layersThatCanSaturate } from './saturation.js';
import type { MetricCard } from './metric/metricMessages.js';
import { metricFigures } from './metric/metricFigures.js';
import { checkMetric, startMetric, type MetricRunner } from './metric/metricRunner.js';
import { countNonzero } from './nonzero.js';
import { measureQuality, type LoadedModel, type Quality, type QualityResult } from './quality.js';
import { refusedRandomInputs } from './refusedRandomInputs.js';
import { gzippedBytes } from './sizes.js';
import { Stages, type EvaluationProgress } from './stages.js';

export interface EvaluateModelsRequest extends DataChoices {
  /** Path of the model. */
  readonly model: string;
  /** Path of the model it is held against: the original, where the model is a compressed one. */
  readonly against?: string | null;
  /** What the notes call the model, where its file has a temporary name. */
  readonly modelName?: string;
  /** What to measure on, as `openDataset` takes it, or opened; null measures sizes only. */
  readonly data: string | Dataset | null;
  /** Path of a module that scores the outputs (docs/data.md). It is run: from people one trusts only. */
  readonly metric?: string | null;
  /** Count the samples whose label is among so many first classes. */
  readonly topK?: number;
  /** False leaves out the size after gzip. */
  readonly gzip?: boolean;
  /** Threads for latency. */
  readonly threads?: number;
  /** About how long to measure latency. */
  readonly latencySeconds?: number;
}

export interface EvaluationContext {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** The bundle of metric/metricWorker.ts; absent where no metric may be run. */
  readonly metricWorkerPath?: string;
  /** What reads images; absent: this thread. */
  readonly images?: ImageReader;
}

/** A model file under evaluation. */
interface Subject {
  readonly name: string;
  readonly opened: OpenedModel;
  readonly structure: Structure;
}

/**
 * Measures one model, or two on the same samples: size, quality, latency in interleaved pairs, peak memory. Aborting
 * rejects with `cancelled`.
 */
export async function evaluateModels(
  request: EvaluateModelsRequest,
  context: EvaluationContext,
): Promise<EvaluationReport> {
  const subjects: Subject[] = [];
  try {
    const open = async (path: string, name = basename(path)) => {
      const opened = await openModel(path);
      subjects.push({ name, opened, structure: inspectStructure(opened) });
    };
    await checkMetric(request.metric, context.metricWorkerPath, context.signal);
    if (request.against) await open(request.against);
    await open(request.model, request.modelName);
    const inputs = commonInputs(subjects.map(({ name, opened }) => ({ name, model: opened.model })));
    const { data, carry, preprocess } = request;
    const models = subjects.map(({ opened }) => opened.model);
    const choices = { inputs, carry, preprocess, images: context.images };
    const dataset = typeof data === 'string' ? await openModelData(data, models, choices) : data;
    return await new EvaluationRun(subjects, dataset, request, context).run();
  } catch (error) {
    throw context.signal?.aborted ? new Failure('cancelled', {}, { cause: error }) : error;
  } finally {
    await Promise.all(subjects.map(({ opened }) => opened.close()));
  }
}

type StageName = 'size' | 'quality' | 'latency' | 'memory';

class EvaluationRun {
  readonly #stages: Stages<StageName>;
  readonly #runtime: Runtime;
  readonly #signal: AbortSignal | undefined;
  readonly #metricWorkerPath: string | undefined;

  constructor(
    /** The model, after the one it is held against if there is one. */
    private readonly subjects: readonly Subject[],
    private readonly dataset: Dataset | null,
    private readonly request: EvaluateModelsRequest,
    { runtime, signal, onProgress, metricWorkerPath }: EvaluationContext,
  ) {
    this.#metricWorkerPath = metricWorkerPath;
    this.#runtime = runtime;
    this.#signal = signal;
    this.#stages = new Stages(
      [
        ['size', 1, 'evaluate.stage.size'],
        ...(dataset
          ? ([
              ['quality', 5, 'evaluate.stage.quality'],
              ['latency', 3, 'evaluate.stage.latency'],
              ['memory', 1, 'evaluate.stage.memory'],
            ] as const)
          : []),
      ],
      onProgress,
    );
  }

  async run(): Promise<EvaluationReport> {
    const { dataset, subjects } = this;
    const sizes = await this.#sizes();
    if (!dataset) {
      return { ...modelAndReference(subjects.map((subject, i) => this.#evaluation(subject, sizes[i]!))), data: '' };
    }
    const quality = await this.#quality(dataset);
    const feeds = await firstFeeds(dataset);
    const { latencies, ratio } = await this.#latency(feeds, dataset.fixedBatch ?? 1);
    const memory = await this.#memory(feeds);
    const evaluations = subjects.map((subject, i) =>
      this.#evaluation(subject, sizes[i]!, quality.qualities[i], latencies[i], memory[i]),
    );
    const [before, after] = quality.qualities.map(({ correct }) => correct);
    const metric = quality.card && metricFigures(quality.card, quality.qualities);
    return {
      ...modelAndReference(evaluations),
      agreement: quality.agreement,
      accuracyChange: before && after ? accuracyChange(before, after) : undefined,
      latencyRatio: ratio,
      metric,
      data: dataset.name,
      notes: [
        ...dataset.warnings,
        ...carryNotes(dataset.carried ?? []),
        ...topKNotes(this.request.topK, quality),
        ...intervalNotes(metric),
        ...quality.notes,
        ...(await this.#saturationNotes(dataset, quality)),
      ],
    };
  }

  #evaluation(
    { opened, structure }: Subject,
    size: Pick<Evaluation, 'compressedBytes' | 'nonzero'>,
    quality?: Quality,
    latency?: Latency,
    peakMemoryBytes?: number,
  ): Evaluation {
    return {
      bytes: opened.byteLength,
      ...size,
      parameters: structure.card.parameters,
      macs: structure.card.macs,
      accuracy: quality?.correct && share(quality.correct),
      top5: quality?.correctInFive && share(quality.correctInFive),
      topK: quality?.correctInK && { k: this.request.topK!, accuracy: share(quality.correctInK) },
      samples: this.dataset?.sampleCount ?? 0,
      expected: quality?.expected,
      latencyMs: latency ?? null,
      peakMemoryBytes: peakMemoryBytes ?? null,
    };
  }

  async #sizes(): Promise<Pick<Evaluation, 'compressedBytes' | 'nonzero'>[]> {
    const report = this.#stages.begin('size');
    const total = 2 * this.subjects.reduce((sum, { opened }) => sum + opened.byteLength, 0);
    let done = 0;
    const options = {
      signal: this.#signal,
      onBytes: (read: number) => report((done += read) / total),
    };
    const sizes = [];
    for (const { opened, structure } of this.subjects) {
      const files = [opened.path, ...opened.dataFiles];
      const compressedBytes = this.request.gzip === false ? null : await gzippedBytes(files, options);
      sizes.push({ compressedBytes, nonzero: await countNonzero(structure.layers, options) });
    }
    return sizes;
  }

  async #quality(dataset: Dataset): Promise<QualityResult & { readonly card?: MetricCard }> {
    const report = this.#stages.begin('quality');
    const { topK } = this.request;
    const metric = await this.#metric();
    try {
      const result = await this.#withSessions(this.subjects, {}, (models) =>
        measureQuality(models, dataset, { topK, metric, signal: this.#signal, onProgress: report }),
      );
      return { ...result, card: metric?.card };
    } catch (error) {
      throw dataset.name === 'random' ? refusedRandomInputs(error, dataset) : error;
    } finally {
      await metric?.close();
    }
  }

  async #metric(): Promise<MetricRunner | undefined> {
    const { metric } = this.request;
    if (!metric) return undefined;
    const options = { workerPath: this.#metricWorkerPath, models: this.subjects.length, signal: this.#signal };
    return startMetric(metric, options);
  }

  async #latency(feeds: Feeds, batch: number): Promise<{ latencies: Latency[]; ratio?: LatencyRatio }> {
    this.#stages.begin('latency');
    const sources = this.subjects.map(({ opened }) => ({ source: { kind: 'file', path: opened.path } as const }));
    const { threads, latencySeconds: seconds } = this.request;
    const measured = await measureLatency(this.#runtime, sources, feeds, { threads, seconds, signal: this.#signal });
    return {
      latencies: measured.latencies.map((latency) => ({ ...latency, batch })),
      ratio: measured.ratios[0],
    };
  }

  async #memory(feeds: Feeds): Promise<number[]> {
    const report = this.#stages.begin('memory');
    const peaks = [];
    for (const [i, { opened }] of this.subjects.entries()) {
      const source = { kind: 'file', path: opened.path } as const;
      peaks.push(await this.#runtime.measurePeakMemory({ source, feeds }, this.#signal));
      report((i + 1) / this.subjects.length);
    }
    return peaks;
  }

  /** What uint8 x int8 sums mean for the models, here and on other processors. */
  async #saturationNotes(dataset: Dataset, { qualities }: QualityResult): Promise<Message[]> {
    const notes: Message[] = [];
    for (const [i, subject] of this.subjects.entries()) {
      const layers = (await layersThatCanSaturate(subject.structure.layers)).length;
      if (layers === 0) continue;
      const about = { layers, model: subject.name };
      if (await measureExactInt8Sums(this.#runtime, {}, this.#signal)) {
        notes.push(sentence('evaluate.saturates-elsewhere', about));
        continue;
      }
      const { exact, sqnrDb } = await this.#withExactSums(subject, dataset, qualities[i]!.correct !== undefined);
      notes.push(
        exact
          ? sentence('evaluate.saturates-here', { ...about, accuracy: formatPercent(share(exact)) })
          : sentence('evaluate.saturates-here-unlabelled', { ...about, sqnr: formatDecibels(sqnrDb) }),
      );
    }
    return notes;
  }

  async #withExactSums(
    subject: Subject,
    dataset: Dataset,
    labelled: boolean,
  ): Promise<{ exact?: Uint8Array; sqnrDb: number }> {
    const measure = (models: Models) => measureQuality(models, dataset, { signal: this.#signal });
    const precise = { preciseQuantization: true };
    if (labelled) {
      const { qualities } = await this.#withSessions([subject], precise, measure);
      return { exact: qualities[0]!.correct, sqnrDb: NaN };
    }
    const { agreement } = await this.#withSessions([subject], precise, ([exact]) =>
      this.#withSessions([subject], {}, ([plain]) => measure([exact, plain])),
    );
    return { sqnrDb: agreement?.sqnrDb ?? NaN };
  }

  async #withSessions<T>(
    subjects: readonly Subject[],
    options: SessionOptions,
    use: (models: Models) => Promise<T>,
  ): Promise<T> {
    const models: LoadedModel[] = [];
    try {
      for (const { name, opened } of subjects) {
        const session = await this.#runtime.load({ kind: 'file', path: opened.path }, options, this.#signal);
        const carried = this.dataset?.carried && carriedBy(opened.model, this.dataset, this.request.carry);
        models.push({ name, session, carried });
      }
      return await use(models as [LoadedModel] | [LoadedModel, LoadedModel]);
    } finally {
      await Promise.all(models.map(({ session }) => session.release()));
    }
  }
}

/** Why nothing is told of the first k classes, though it was asked for. */
function topKNotes(k: number | undefined, { qualities }: QualityResult): Message[] {
  if (k === undefined || qualities.every(({ correctInK }) => correctInK)) return [];
  return [sentence('evaluate.no-top-k', { k })];
}

function intervalNotes(metric: MetricFigures | undefined): Message[] {
  return metric?.interval === null ? [sentence('evaluate.metric-without-interval', { metric: metric.name })] : [];
}

function modelAndReference(evaluations: readonly Evaluation[]): Pick<EvaluationReport, 'model' | 'against'> {
  return { model: evaluations.at(-1)!, against: evaluations.length > 1 ? evaluations[0] : undefined };
}

type Models = readonly [LoadedModel] | readonly [LoadedModel, LoadedModel];

async function firstFeeds(dataset: Dataset): Promise<Feeds> {
  const samples = Array.from({ length: dataset.fixedBatch ?? 1 }, (_, i) => Math.min(i, dataset.sampleCount - 1));
  return (await dataset.read(samples)).feeds;
}

function share(correct: Uint8Array): number {
  return correct.reduce((sum, each) => sum + each, 0) / correct.length;
}
