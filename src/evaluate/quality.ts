import { planBatches, readBatches, type PlannedBatch } from '../data/batches.js';
import type { CarriedInput } from '../data/carriedInput.js';
import { CarriedState } from '../data/carriedState.js';
import type { Dataset } from '../data/dataset.js';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { Feeds, Session } from '../runtime/session.js';
import { AgreementMeter } from './agreement.js';
import type { Disagreements } from './comparison.js';
import { DisagreementMeter } from './disagreements.js';
import type { Agreement } from './evaluation.js';
import type { MetricResult } from './metric/metricMessages.js';
import type { MetricRunner } from './metric/metricRunner.js';
import { classScores, firstClasses, outputsOf, rankOf, samplesNotFinite, type Output } from './outputs.js';

/** A model that is loaded, and what a person knows it by. */
export interface LoadedModel {
  readonly name: string;
  readonly session: Session;
  /** How it carries state, where that is not as the data says. */
  readonly carried?: readonly CarriedInput[];
}

export interface Quality {
  /** For each sample 1 where its first class is the label; absent without labels or classes. */
  readonly correct?: Uint8Array;
  /** The same for the first five classes, where there are more. */
  readonly correctInFive?: Uint8Array;
  /** The same for the first `topK` classes, where that was asked for and there are more. */
  readonly correctInK?: Uint8Array;
  /** By the metric, where there is one. */
  readonly metric?: MetricResult;
  /** With the reference outputs of the data. */
  readonly expected?: Agreement;
}

export interface QualityOptions {
  readonly batchSize?: number;
  readonly topK?: number;
  /** Scores samples, one at a time. */
  readonly metric?: MetricRunner;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export interface QualityResult {
  /** In the order of the models. */
  readonly qualities: readonly Quality[];
  /** Of the second model with the first, where there are two and their outputs can be compared. */
  readonly agreement?: Agreement;
  /** Of the classes of both, where there are two models and scores of classes. */
  readonly disagreements?: Disagreements;
  /** How many samples were run at once. */
  readonly batchSize: number;
  readonly notes: readonly Message[];
}

const DEFAULT_BATCH = 32;

/** Runs one or two models over all samples, both on the same batches. The first is the reference. */
export async function measureQuality(
  models: readonly [LoadedModel] | readonly [LoadedModel, LoadedModel],
  dataset: Dataset,
  { batchSize, topK, metric, signal, onProgress }: QualityOptions = {},
): Promise<QualityResult> {
  const notes: Message[] = [];
  let size = batchSize ?? (metric ? 1 : DEFAULT_BATCH);
  if (dataset.stackable && dataset.fixedBatch === undefined && size > 1) {
    const refuser = await modelThatRefusesBatches(models, dataset, size, signal);
    if (refuser) {
      notes.push(sentence('evaluate.one-by-one', { model: refuser.name }));
      size = 1;
    }
  }
  const meters = models.map(({ name }) => new ModelMeter(name, dataset, topK));
  const states = models.map(({ carried }) => new CarriedState(dataset.carried ? (carried ?? dataset.carried) : []));
  const pair = models[1] && new AgreementMeter();
  const classes = new DisagreementMeter(dataset.labels);
  let comparable = true;
  const batches = planBatches(dataset, size);
  let done = 0;
  for await (const batch of readBatches(dataset, batches)) {
    const { feeds } = batch;
    const outputs: Output[][] = [];
    for (const [m, { session }] of models.entries()) {
      const results = await session.run(states[m]!.feeds(feeds), undefined, signal);
      states[m]!.take(results);
      outputs.push(outputsOf(results, batch.samples.length, batch.valid));
      await meters[m]!.add(outputs[m]!, batch);
      if (metric) await addEach(metric, m, outputs[m]!, batch, dataset);
    }
    if (pair && comparable && !pair.add(outputs[0]!, outputs[1]!, batch.valid)) {
      comparable = false;
      const names = { model: models[1]!.name, other: models[0].name };
      notes.push(sentence('evaluate.not-comparable', { ...names, sample: batch.samples[0]! }));
    }
    if (pair) classes.add(outputs[0]!, outputs[1]!, batch.samples, batch.valid);
    onProgress?.(++done / batches.length);
  }
  const qualities: Quality[] = [];
  for (const [m, meter] of meters.entries()) {
    qualities.push({ ...meter.result(), ...(metric && { metric: await metric.result(m) }) });
  }
  return {
    qualities,
    agreement: pair && comparable ? pair.result() : undefined,
    disagreements: classes.result() ?? undefined,
    batchSize: size,
    notes: [...notes, ...meters.flatMap((meter) => meter.notes())],
  };
}

/** A batch of fixed size is taken apart along the first axis of each output. */
async function addEach(
  metric: MetricRunner,
  model: number,
  outputs: readonly Output[],
  { samples, valid }: PlannedBatch,
  { labels }: Dataset,
): Promise<void> {
  for (let i = 0; i < valid; i++) {
    const own = outputs.map((output) => sampleOf(output, i, valid));
    await metric.add(model, samples[i]!, own, labels?.[samples[i]!]);
  }
}

function sampleOf(output: Output, i: number, samples: number): Output {
  const [rows = 0, ...rest] = output.shape;
  if (samples === 1 || rows % samples !== 0) return output;
  const length = output.numbers.length / samples;
  return { ...output, shape: [rows / samples, ...rest], numbers: output.numbers.slice(i * length, (i + 1) * length) };
}

/** A model whose batch axis is only said to be free: it fails on several samples, but not on one. */
async function modelThatRefusesBatches(
  models: readonly LoadedModel[],
  dataset: Dataset,
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<LoadedModel | undefined> {
  const [batch] = planBatches(dataset, batchSize) as [PlannedBatch];
  if (batch.samples.length === 1) return undefined;
  const [several, one] = [await dataset.read(batch.samples), await dataset.read([batch.samples[0]!])];
  for (const model of models) {
    const joined = await tryRun(model.session, several.feeds, signal);
    if (!(joined instanceof Failure) && rowsFit(joined, batch.samples.length)) continue;
    const alone = await tryRun(model.session, one.feeds, signal);
    if (alone instanceof Failure) throw joined instanceof Failure ? joined : alone;
    if (joined instanceof Failure || rowsFit(alone, 1)) return model;
  }
  return undefined;
}

/** Whether the first output with a first axis has it in a multiple of the samples. */
function rowsFit(outputs: readonly Output[], samples: number): boolean {
  const rows = outputs.find(({ shape }) => shape.length > 0)?.shape[0];
  return rows === undefined || rows % samples === 0;
}

async function tryRun(session: Session, feeds: Feeds, signal: AbortSignal | undefined): Promise<Output[] | Failure> {
  try {
    return outputsOf(await session.run(feeds, undefined, signal), 1, 1);
  } catch (error) {
    if (error instanceof Failure && error.code === 'runtime.run') return error;
    throw error;
  }
}

/** What is measured of one model, batch by batch. */
class ModelMeter {
  readonly #correct?: Uint8Array;
  readonly #correctInFive?: Uint8Array;
  readonly #correctInK?: Uint8Array;
  readonly #expected?: AgreementMeter;
  #hasClasses = true;
  #hasFive = true;
  #hasK = true;
  #expectedFits = true;
  #notFinite = 0;

  constructor(
    private readonly name: string,
    private readonly dataset: Dataset,
    private readonly topK: number | undefined,
  ) {
    if (dataset.labels) {
      this.#correct = new Uint8Array(dataset.sampleCount);
      this.#correctInFive = new Uint8Array(dataset.sampleCount);
      if (topK !== undefined) this.#correctInK = new Uint8Array(dataset.sampleCount);
    }
    if (dataset.expected) this.#expected = new AgreementMeter();
  }

  async add(outputs: readonly Output[], { samples, valid }: PlannedBatch): Promise<void> {
    this.#notFinite += samplesNotFinite(outputs, valid);
    if (this.dataset.labels) this.#score(outputs, samples, valid, this.dataset.labels);
    const wanted = await this.dataset.expected?.(samples[0]!);
    if (wanted && this.#expectedFits) {
      this.#expectedFits = this.#expected!.add(outputsOf(wanted, 1, 1), outputs, valid);
    }
  }

  result(): Quality {
    return {
      correct: this.#hasClasses ? this.#correct : undefined,
      correctInFive: this.#hasClasses && this.#hasFive ? this.#correctInFive : undefined,
      correctInK: this.#hasClasses && this.#hasK ? this.#correctInK : undefined,
      expected: this.#expectedFits ? this.#expected?.result() : undefined,
    };
  }

  notes(): Message[] {
    const { name, dataset } = this;
    const notes: Message[] = [];
    if (dataset.labels && !this.#hasClasses) notes.push(sentence('evaluate.no-classes', { model: name }));
    if (this.#notFinite > 0) {
      const samples = dataset.sampleCount;
      notes.push(sentence('evaluate.not-finite', { model: name, count: this.#notFinite, samples }));
    }
    return notes;
  }

  #score(outputs: readonly Output[], samples: readonly number[], valid: number, labels: Int32Array): void {
    const scores = classScores(outputs);
    if (!scores || scores.rows !== valid) {
      this.#hasClasses = false;
      return;
    }
    if (scores.classes <= 5) this.#hasFive = false;
    if (this.topK !== undefined && scores.classes <= this.topK) this.#hasK = false;
    const first = firstClasses(scores);
    for (let row = 0; row < valid; row++) {
      const sample = samples[row]!;
      const label = labels[sample]!;
      if (label >= scores.classes) {
        const last = scores.classes - 1;
        throw new Failure('evaluate.label-range', { sample, label, model: this.name, last });
      }
      if (first[row] === label) this.#correct![sample] = 1;
      const rank = rankOf(scores, row, label);
      if (rank < 5) this.#correctInFive![sample] = 1;
      if (this.topK !== undefined && rank < this.topK) this.#correctInK![sample] = 1;
    }
  }
}
