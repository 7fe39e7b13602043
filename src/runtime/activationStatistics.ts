/** The one place where statistics of activations are collected: for inspection and for calibration. */
import { availableParallelism } from 'node:os';
import { planBatches } from '../data/batches.js';
import type { CarriedInput } from '../data/carried.js';
import type { Dataset } from '../data/dataset.js';
import { copyModel } from '../graph/copy.js';
import { inferShapes } from '../graph/inferShapes.js';
import { layersOf } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import type { ActivationStatistics, ValueRange } from '../tensor/activationStatistics.js';
import { elementTypes } from '../tensor/elementType.js';
import { magnitudeEdges } from '../tensor/magnitudeBins.js';
import { captureSizes, defaultCaptureBytes, groupByBudget } from './captureSizes.js';
import { loadModel } from './loadModel.js';
import type { ModelValue } from './observableValues.js';
import { modelValues } from './observableValues.js';
import type { ObservedOutput } from './observer.js';
import { observedModel } from './observedModel.js';
import type { RangeOutputs } from './rangeOutputs.js';
import { addMagnitudes, addRangeOutputs, joinRanges, RangeAverages } from './rangeOutputs.js';
import type { Runtime, Session, SessionOptions, SessionValue } from './session.js';

export type { ValueRange };

/** What is to be known of the running model. What several algorithms ask for is joined and collected once. */
export interface StatisticsRequest {
  /** Values of the main graph whose least and greatest element over all samples are needed. */
  readonly ranges: readonly string[];
  /** Values, by their keys (`ModelValue`), whose distribution is needed, and the axis of their channels or null. */
  readonly distributions?: ReadonlyMap<string, number | null>;
  /** Values of the main graph whose sample ranges are to be averaged, see `RangeAverages`. */
  readonly averages?: { readonly values: readonly string[]; readonly constant: number | null };
  /** Values whose magnitudes are to be counted in so many bins between the least and the greatest, as numpy.histogram does. */
  readonly magnitudes?: { readonly values: readonly string[]; readonly bins: number };
}

export interface CollectOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, pass: { readonly pass: number; readonly passes: number }) => void;
  /** What failures call the model; else the name of its graph. */
  readonly name?: string;
  /** The most memory for captured tensors in the runner at once; the capture is split over as many passes as that takes. */
  readonly budgetBytes?: number;
  /** Inputs that are taken over from run to run where the data has no array for them; else those the data says. */
  readonly carried?: readonly CarriedInput[];
  readonly threads?: number;
  /** Which part a sample belongs to, and how many parts there are: ranges are told for each part, too. */
  readonly parts?: { readonly count: number; of(sample: number): number };
}

export interface Collected {
  readonly ranges: ReadonlyMap<string, ValueRange>;
  /** Null for a value that had no element in any run, or turned out to be no floating-point tensor. */
  readonly distributions: ReadonlyMap<string, ActivationStatistics | null>;
  readonly averages: ReadonlyMap<string, ValueRange>;
  /** Their histograms are those of the magnitudes, between `magnitudeEdges`. */
  readonly magnitudes: ReadonlyMap<string, ActivationStatistics | null>;
  /** Over how many passes over the data the capture was split. */
  readonly passes: number;
}

/** Ranges depend on fusions: the reference (MinMaxCalibrater) runs the graph as it is, and so do all passes of a capture. */
const unoptimized: SessionOptions = { optimization: 'disabled' };

/**
 * Runs the model on every sample, one at a time (matrix products differ in their last bits by the size of the batch), and
 * collects what is asked for. Ranges are computed inside the graph and are those of onnxruntime.quantization's
 * MinMaxCalibrater to the bit; distributions are gathered in the runner, from tensors that are captured in as many passes
 * as the budget asks for, and do not depend on how many these are. Memory does not grow with the number of samples.
 */
export async function collectActivationStatistics(
  runtime: Runtime,
  model: Model,
  request: StatisticsRequest,
  dataset: Dataset,
  options: CollectOptions = {},
): Promise<Collected> {
  const ends: Ends = {
    ranges: new Map(request.ranges.map((value): [string, ValueRange] => [value, { min: NaN, max: NaN }])),
    averaged: request.averages?.values ?? [],
    averages: new RangeAverages(request.averages?.constant ?? null),
  };
  const wanted = new Map([...(request.distributions ?? [])].map(([key, axis]) => [key, { axis }]));
  const collector = new Collector(runtime, model, dataset, options);
  const { found, passes } = await collector.collect(wanted, ends);
  return {
    ranges: ends.ranges,
    distributions: found,
    averages: new Map(ends.averaged.map((value) => [value, ends.averages.range(value)])),
    magnitudes: await countedMagnitudes(runtime, model, request.magnitudes, dataset, options),
    passes,
  };
}

/** Goes over the samples once for the range of the magnitudes, then to count them between its ends. */
async function countedMagnitudes(
  runtime: Runtime,
  model: Model,
  request: StatisticsRequest['magnitudes'],
  dataset: Dataset,
  options: CollectOptions,
): Promise<ReadonlyMap<string, ActivationStatistics | null>> {
  if (!request || request.values.length === 0) return new Map();
  const { values, bins } = request;
  const { onProgress } = options;
  const half = (from: number): CollectOptions => ({
    ...options,
    onProgress: onProgress && ((fraction, pass) => onProgress(from + fraction / 2, pass)),
  });
  const withMagnitudes = copyModel(model);
  const names = addMagnitudes(withMagnitudes, values);
  const first = { ranges: [...names.values()] };
  const { ranges } = await collectActivationStatistics(runtime, withMagnitudes, first, dataset, half(0));
  const wanted = new Map<string, Wanted>();
  for (const value of values) {
    const { min, max } = ranges.get(names.get(value)!)!;
    if (Number.isFinite(max - min)) wanted.set(value, { axis: null, magnitudeEdges: magnitudeEdges(min, max, bins) });
    else wanted.set(value, { axis: null });
  }
  const { found } = await new Collector(runtime, model, dataset, half(0.5)).collect(wanted, null);
  return found;
}

/** How a value's distribution is collected. */
type Wanted = { readonly axis: number | null; readonly magnitudeEdges?: Float32Array };

/** What the ranges of single runs come to. */
interface Ends {
  readonly ranges: Map<string, ValueRange>;
  readonly averaged: readonly string[];
  readonly averages: RangeAverages;
}

/** From so many samples on a second runner is worth its start. */
const fewestSamplesToShare = 32;

/** Samples that are sent to a runner while it is at one, so that it need not wait for them. */
const samplesAhead = 1;

class Collector {
  readonly #sessionOptions: SessionOptions;
  readonly #carried: readonly CarriedInput[];
  readonly #batches: ReturnType<typeof planBatches>;

  constructor(
    private readonly runtime: Runtime,
    private readonly model: Model,
    private readonly dataset: Dataset,
    private readonly options: CollectOptions,
  ) {
    this.#sessionOptions = { ...unoptimized, threads: options.threads };
    const fed = new Set(dataset.inputs.map(({ name }) => name));
    this.#carried = (options.carried ?? dataset.carried ?? []).filter(({ input }) => !fed.has(input));
    this.#batches = planBatches(dataset, 1);
  }

  /** The distributions of all that is wanted, in its order, in as many passes as it takes; the first takes in ranges, too. */
  async collect(
    wanted: ReadonlyMap<string, Wanted>,
    ends: Ends | null,
  ): Promise<{ found: Map<string, ActivationStatistics | null>; passes: number }> {
    const isRanged = ends !== null && ends.ranges.size + ends.averaged.length > 0;
    if (!isRanged && wanted.size === 0) return { found: new Map(), passes: 0 };
    const groups = wanted.size > 0 ? await this.#groups([...wanted.keys()]) : [[]];
    const statistics = new Map<string, ActivationStatistics | null>();
    for (const [pass, values] of groups.entries()) {
      const some = await this.#pass(values, wanted, pass === 0 ? ends : null, { pass, passes: groups.length });
      for (const [key, each] of some) statistics.set(key, each);
    }
    return {
      found: new Map([...wanted.keys()].map((key) => [key, statistics.get(key) ?? null])),
      passes: groups.length,
    };
  }

  /** The values in groups that are captured together. */
  async #groups(keys: readonly string[]): Promise<ModelValue[][]> {
    const { model, dataset, runtime } = this;
    const { signal, name, budgetBytes = defaultCaptureBytes } = this.options;
    const layers = layersOf(model);
    const known = new Map(modelValues(model, layers, inferShapes(model)).map((value) => [value.key, value]));
    const values = keys.map((key) => {
      const value = known.get(key) ?? this.#constantValue(key);
      if (!value || value.missing) throw new Failure('runtime.unknown-value', { value: key });
      return value;
    });
    const { feeds } = await dataset.read(this.#batches[0]?.samples ?? []);
    const state = Object.fromEntries(this.#carried.map(({ input, initial }) => [input, initial]));
    const context = { runtime, options: this.#sessionOptions, signal, name };
    const sizes = await captureSizes(model, layers, values, { ...state, ...feeds }, context);
    return groupByBudget(values, sizes, budgetBytes);
  }

  /** A value of the main graph that is made of constants alone: it is none of `modelValues`, and quantized all the same. */
  #constantValue(key: string): ModelValue | undefined {
    if (!this.model.graph.producer(key)) return undefined;
    return { key, value: key, layer: -1, output: -1, elementType: undefined, stackedAxes: 0 };
  }

  /** Runs the model over all samples once; takes in the ranges of each, and returns the distributions of the values. */
  async #pass(
    values: readonly ModelValue[],
    wanted: ReadonlyMap<string, Wanted>,
    ends: Ends | null,
    pass: { readonly pass: number; readonly passes: number },
  ): Promise<Map<string, ActivationStatistics | null>> {
    const observed = observedModel(this.model, values);
    const ranged = ends ? [...new Set([...ends.ranges.keys(), ...ends.averaged])] : [];
    const rangeOutputs = addRangeOutputs(observed.model, ranged);
    const [session, ...others] = await this.#loadAll(
      observed.model,
      values.length === 0 ? this.#sessionsForRanges() : 1,
    );
    try {
      const types = new Map(session.outputs.map(({ name, elementType }) => [name, elementType]));
      const shown = values.filter(({ key }) => isFloat(types.get(observed.outputs.get(key)!)));
      const outputs = shown.map(({ key, stackedAxes }): ObservedOutput => {
        const parts = this.#partsAreWhole() ? (this.options.parts?.count ?? 0) : 0;
        const { axis, magnitudeEdges } = wanted.get(key)!;
        return { output: observed.outputs.get(key)!, channelAxis: axis, stackedAxes, parts, magnitudeEdges };
      });
      const sessions = [session, ...others];
      for (const each of sessions) await each.observe({ outputs, carried: this.#carried });
      if (outputs.length + rangeOutputs.length > 0) await this.#run(sessions, rangeOutputs, ends, pass);
      const statistics = await session.observed();
      return new Map(shown.map(({ key }, i) => [key, statistics[i] ?? null]));
    } finally {
      for (const each of [session, ...others]) await each.release();
    }
  }

  /**
   * Two runs side by side end sooner than one after the other: operators have parts that do not spread over processors. All
   * ranges stay the same to the bit, since each run has as many threads as ever; they only do not spin while they wait.
   */
  #sessionsForRanges(): number {
    const isLong = this.#batches.length >= fewestSamplesToShare && this.#carried.length === 0;
    return isLong && availableParallelism() > 1 ? 2 : 1;
  }

  async #loadAll(model: Model, count: number): Promise<[Session, ...Session[]]> {
    const options = count > 1 ? { ...this.#sessionOptions, spinning: false } : this.#sessionOptions;
    const settled = await Promise.allSettled(Array.from({ length: count }, () => this.#load(model, options)));
    const sessions = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const failed = settled.find((each) => each.status === 'rejected');
    if (!failed) return sessions as [Session, ...Session[]];
    for (const session of sessions) await session.release();
    throw failed.reason;
  }

  async #run(
    sessions: readonly Session[],
    rangeOutputs: readonly RangeOutputs[],
    ends: Ends | null,
    pass: { readonly pass: number; readonly passes: number },
  ): Promise<void> {
    const { signal, onProgress, parts } = this.options;
    const joined = rangeOutputs.filter(({ value }) => ends?.ranges.has(value));
    const averaged = rangeOutputs.filter(({ value }) => ends?.averaged.includes(value));
    const fetches = rangeOutputs.flatMap(({ min, max }) => [min, max]);
    const sent: ReturnType<Session['observeRun']>[] = [];
    let taken = 0;
    const takeNext = async () => {
      const results = await sent.shift()!;
      if (ends) joinRanges(ends.ranges, joined, results);
      ends?.averages.add(averaged, results);
      onProgress?.((pass.pass + ++taken / this.#batches.length) / pass.passes, pass);
    };
    for (const [i, { samples, valid }] of this.#batches.entries()) {
      const { feeds } = await this.dataset.read(samples);
      const session = sessions[i % sessions.length]!;
      const run = { part: parts?.of(samples[0]!) ?? 0, samples: samples.length, valid };
      const results = session.observeRun(feeds, run, fetches, signal);
      results.catch(() => {}); // Awaited in its turn, unless one before it fails.
      sent.push(results);
      if (sent.length > samplesAhead * sessions.length) await takeNext();
    }
    while (sent.length > 0) await takeNext();
  }

  /** Where the model does not load with more outputs, the failure is that of the model itself, if it has one. */
  async #load(observed: Model, sessionOptions: SessionOptions): Promise<Session> {
    const { signal, name } = this.options;
    try {
      return await loadModel(this.runtime, observed, sessionOptions, { signal, name });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'runtime.load') throw error;
      const plain = await loadModel(this.runtime, this.model, this.#sessionOptions, { signal, name });
      await plain.release();
      throw error;
    }
  }

  /** Batches of a fixed size may join samples of several parts. */
  #partsAreWhole(): boolean {
    const { parts } = this.options;
    return this.#batches.every(({ samples }) =>
      samples.every((sample) => parts?.of(sample) === parts?.of(samples[0]!)),
    );
  }
}

function isFloat(type: SessionValue['elementType'] | undefined): boolean {
  return type !== undefined && type !== 'other' && elementTypes[type].kind === 'float';
}
