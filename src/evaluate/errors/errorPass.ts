import type { PlannedBatch } from '../../data/batches.js';
import type { Dataset } from '../../data/dataset.js';
import type { Model } from '../../graph/model.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { HeldPair } from '../../runtime/heldValues.js';
import { loadModel } from '../../runtime/loadModel.js';
import { observedModel } from '../../runtime/observedModel.js';
import type { SessionOptions, Workbench, WorkbenchSession } from '../../runtime/session.js';
import { elementTypes } from '../../tensor/elementType.js';
import type { MeasuredValue } from './errorPlan.js';
import type { IntegerGrid } from './integerGrid.js';
import { mainValue } from './mainValue.js';
import { withRealValues } from './realValues.js';
import { slicedModel, type Feed } from './slicedModel.js';

/** A model, and what failures call it. */
export interface MeasuredModel {
  readonly name: string;
  readonly model: Model;
}

export interface PassContext {
  readonly bench: Workbench;
  readonly options: SessionOptions;
  readonly signal?: AbortSignal;
  readonly dataset: Dataset;
  readonly batches: readonly PlannedBatch[];
  /** Why no error, or no local one, of a pair was measured, by its position among the matches. */
  readonly missing: Map<number, Message>;
  readonly onProgress: (fraction: number) => void;
}

/** The sums of the workbench to which the errors of a pair are added. */
export const cumulativeSum = (match: number): number => 2 * match;
export const localSum = (match: number): number => 2 * match + 1;

/** Runs both models, and the layers of b alone, over all samples on the workbench, and adds up what these values show. */
export async function runErrorPass(
  a: MeasuredModel,
  b: MeasuredModel,
  values: readonly MeasuredValue[],
  feeds: ReadonlyMap<string, Feed>,
  context: PassContext,
): Promise<void> {
  const pass = new ErrorPass(a, b, values, feeds, context);
  try {
    await pass.run();
  } finally {
    await pass.release();
  }
}

/** A session, and what it reads and makes on the workbench. */
interface Step {
  readonly session: WorkbenchSession;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly pairs: readonly HeldPair[];
}

/** Names on the workbench of what is fed, of what a makes, of what b makes, and of what its layers make alone. */
const fedName = (value: string): string => `fed ${value}`;
const originalName = (value: string): string => `a ${value}`;
const compressedName = (value: string): string => `b ${value}`;
const aloneName = (value: string): string => `alone ${value}`;

class ErrorPass {
  readonly #sessions: WorkbenchSession[] = [];
  /** Inputs of a, which are fed and not made. */
  readonly #inputs: ReadonlySet<string>;

  constructor(
    private readonly a: MeasuredModel,
    private readonly b: MeasuredModel,
    private readonly values: readonly MeasuredValue[],
    private readonly feeds: ReadonlyMap<string, Feed>,
    private readonly context: PassContext,
  ) {
    this.#inputs = new Set(a.model.graph.inputs.map(({ name }) => name));
  }

  async run(): Promise<void> {
    const { bench, dataset, batches, signal, onProgress } = this.context;
    const whole = [await this.#original(), await this.#compressed()];
    let alone: Step[] | undefined;
    for (const [i, { samples, valid }] of batches.entries()) {
      signal?.throwIfAborted();
      const { feeds } = await dataset.read(samples);
      await bench.hold(prefixed(feeds), signal);
      for (const step of whole) await this.#take(step);
      alone ??= await this.#aloneSteps(
        this.values.filter(({ slice, match, body }) => !body && (slice ?? this.#refuse(match))),
      );
      for (const step of alone) await this.#take(step);
      const pairs = [...whole, ...alone].flatMap((step) => step.pairs);
      const different = await bench.compare(pairs, { samples: samples.length, valid }, signal);
      for (const { sum, reference, candidate } of different) {
        const shapes = { before: reference.join(', '), after: candidate.join(', ') };
        this.#miss(Math.floor(sum / 2), sentence('evaluate.errors.shapes', shapes));
      }
      onProgress((i + 1) / batches.length);
    }
  }

  async release(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.release()));
  }

  #take({ session, inputs, outputs }: Step): Promise<void> {
    return session.run(inputs, outputs, this.context.signal);
  }

  /** Makes the values of a that are compared, and those that layers of b are fed. */
  async #original(): Promise<Step> {
    const inMain = this.values.filter(({ body }) => !body);
    const types = new Map(inMain.map(({ a, elementType }) => [a, elementType]));
    const given = this.values.flatMap(({ slice }) => [...(slice?.given ?? [])]);
    for (const { value, elementType } of given.map((name) => this.feeds.get(name)!)) {
      if (!types.has(value) && !this.#inputs.has(value)) types.set(value, elementType);
    }
    // Integers are shown as they are: only a type that is given is cast.
    const wanted = [...types].map(([value, type]) =>
      mainValue(value, elementTypes[type].kind === 'float' ? type : undefined),
    );
    const inBodies = this.values.flatMap(({ body }) => body?.a ?? []);
    const { model, outputs } = observedModel(this.a.model, [...wanted, ...inBodies]);
    const session = await this.#load(this.a.name, model);
    return { session, inputs: this.#fed(), outputs: heldAs(outputs, originalName), pairs: [] };
  }

  /** Makes the values of b that stand for those of a. */
  async #compressed(): Promise<Step> {
    const grids = new Map(this.values.flatMap(({ b, grid }): [string, IntegerGrid][] => (grid ? [[b, grid]] : [])));
    const real = withRealValues(this.b.model, grids);
    const nameOf = (value: string) => real.names.get(value) ?? value;
    const inMain = this.values.filter(({ body }) => !body);
    const wanted = [...new Set(inMain.map(({ b }) => nameOf(b)))].map((value) => mainValue(value, undefined));
    const inBodies = this.values.flatMap(({ body }) => body?.b ?? []);
    const { model, outputs } = observedModel(real.model, [...wanted, ...inBodies]);
    const session = await this.#load(this.b.name, model);
    const pairs = this.values.map(({ match, a, b }) => ({
      reference: originalName(a),
      candidate: compressedName(nameOf(b)),
      sum: cumulativeSum(match),
    }));
    return { session, inputs: this.#fed(), outputs: heldAs(outputs, compressedName), pairs };
  }

  /** The layers so that they run on what is on the workbench now; those that do not are left out, with the reason. */
  async #aloneSteps(values: readonly MeasuredValue[]): Promise<Step[]> {
    if (values.length === 0) return [];
    try {
      return [await this.#tryAlone(values)];
    } catch (error) {
      if (!(error instanceof Failure) || !['runtime.run', 'runtime.load'].includes(error.code)) throw error;
      if (values.length === 1) {
        this.#refuse(values[0]!.match, String(error.params['detail'] ?? ''));
        return [];
      }
      const middle = values.length >> 1;
      return [...(await this.#aloneSteps(values.slice(0, middle))), ...(await this.#aloneSteps(values.slice(middle)))];
    }
  }

  async #tryAlone(values: readonly MeasuredValue[]): Promise<Step> {
    const grids = new Map(values.map(({ b, grid }) => [b, grid]));
    const { model, feeds, outputs } = slicedModel(
      this.b.model,
      values.map(({ slice }) => slice!),
      (given) => this.feeds.get(given)!,
      (target) => grids.get(target),
    );
    const session = await this.#load(this.b.name, model);
    const step: Step = {
      session,
      inputs: Object.fromEntries(
        [...feeds].map(([input, value]) => [input, this.#inputs.has(value) ? fedName(value) : originalName(value)]),
      ),
      outputs: Object.fromEntries(values.map(({ b }, i) => [outputs[i]!, aloneName(b)])),
      pairs: values.map(({ match, a, b }) => ({
        reference: originalName(a),
        candidate: aloneName(b),
        sum: localSum(match),
      })),
    };
    try {
      await this.#take(step);
      return step;
    } catch (error) {
      this.#sessions.splice(this.#sessions.indexOf(session), 1);
      await session.release();
      throw error;
    }
  }

  #refuse(match: number, detail?: string): false {
    this.#miss(
      match,
      detail === undefined ? sentence('evaluate.errors.unsliced') : sentence('evaluate.errors.failed', { detail }),
    );
    return false;
  }

  /** The first reason stands. */
  #miss(match: number, why: Message): void {
    const { missing } = this.context;
    if (!missing.has(match)) missing.set(match, why);
  }

  #fed(): Record<string, string> {
    return Object.fromEntries(this.context.dataset.inputs.map(({ name }) => [name, fedName(name)]));
  }

  async #load(name: string, model: Model): Promise<WorkbenchSession> {
    const { bench, options, signal } = this.context;
    const session = await loadModel(bench, model, options, { signal, name });
    this.#sessions.push(session);
    return session;
  }
}

function prefixed<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [fedName(name), value]));
}

function heldAs(outputs: ReadonlyMap<string, string>, nameOf: (value: string) => string): Record<string, string> {
  return Object.fromEntries([...outputs].map(([value, output]) => [output, nameOf(value)]));
}
