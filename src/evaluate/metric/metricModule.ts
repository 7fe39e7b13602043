/** What a module of the user's must export to be a metric. */
import type { AddRequest, MetricCard, MetricResult } from './metricMessages.js';

/** What is wrong with a metric, in words that end a sentence. */
export class MetricError extends Error {}

interface Meter {
  /** May return the score of the sample. */
  add(sample: AddRequest['sample'], outputs: AddRequest['outputs'], label: number | undefined): unknown;
  /** Absent: the mean of the scores. */
  result?(): unknown;
}

export interface Metric extends MetricCard {
  create(): Meter;
}

/**
 * The metric of a module: its default export is an object `{name, betterIs, create()}`, or a function that scores a sample,
 * whose mean is the metric. Throws a MetricError.
 */
export function metricOf(module: Readonly<Record<string, unknown>>): Metric {
  const exported = module.default;
  if (typeof exported === 'function') {
    const { betterIs } = { ...module, ...(exported as { betterIs?: unknown }) };
    const add = exported as Meter['add'];
    return { name: exported.name || 'metric', betterIs: direction(betterIs ?? 'higher'), create: () => ({ add }) };
  }
  if (typeof exported !== 'object' || exported === null) {
    throw new MetricError('its default export is neither an object with create() nor a function');
  }
  const { name, betterIs, create } = exported as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') throw new MetricError('it has no name');
  if (typeof create !== 'function') throw new MetricError('it has no function create');
  return {
    name,
    betterIs: direction(betterIs),
    create: () => {
      const meter: unknown = (create as () => unknown).call(exported);
      if (typeof (meter as Meter | null)?.add !== 'function')
        throw new MetricError('what create() returns has no function add');
      return meter as Meter;
    },
  };
}

function direction(value: unknown): MetricCard['betterIs'] {
  if (value === 'higher' || value === 'lower') return value;
  throw new MetricError(`its betterIs is ${JSON.stringify(value)}, not "higher" or "lower"`);
}

/** A metric over the samples of one model. */
export class Metering {
  readonly #meter: Meter;
  readonly #scores: number[] = [];
  #samples = 0;

  constructor(metric: Metric) {
    this.#meter = metric.create();
  }

  add({ sample, outputs, label }: AddRequest): void {
    const score = this.#meter.add(sample, outputs, label);
    this.#samples++;
    if (isPromise(score)) throw new MetricError('its add() is asynchronous; it must answer at once');
    if (typeof score === 'number') this.#scores.push(score);
  }

  result(): MetricResult {
    const scores = this.#scores.length === this.#samples && this.#samples > 0 ? Float64Array.from(this.#scores) : null;
    if (this.#meter.result) {
      const value = this.#meter.result();
      if (typeof value !== 'number' || Number.isNaN(value))
        throw new MetricError(`its result() is ${String(value)}, no number`);
      return { value, scores: null };
    }
    if (!scores) throw new MetricError('it has no result(), and its add() does not return a number for each sample');
    const value = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    if (Number.isNaN(value)) throw new MetricError(`the score of sample ${scores.findIndex(Number.isNaN)} is NaN`);
    return { value, scores };
  }
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
