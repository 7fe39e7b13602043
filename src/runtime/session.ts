import type { ActivationStatistics } from '../tensor/activationStatistics.js';
import type { ElementType } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { ProfiledRuns } from './profileEvents.js';
import type { HeldPair, RowSampling, ShapeDifference } from './heldValues.js';
import type { Iteration } from './iteration.js';
import type { OutputSum } from './outputSums.js';
import type { ObservedRun, ObserverOptions } from './observer.js';

/** Where a runner finds the model: a file, or bytes whose external data lies in `folder`. */
export type ModelSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly folder?: string; readonly name: string };

export interface SessionOptions {
  /** Threads inside an operator; onnxruntime's own choice if absent. */
  readonly threads?: number;
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** False lets threads sleep while they wait for work, where several sessions run at the same time. */
  readonly spinning?: boolean;
  /** False gives memory back as soon as a value is not needed, which is slower: else it is kept for the next run. */
  readonly memoryArena?: boolean;
  /** x64quantprecision: uint8 x int8 sums that cannot saturate, on processors without VNNI. */
  readonly preciseQuantization?: boolean;
}

export interface SessionValue {
  readonly name: string;
  readonly elementType: ElementType | 'other';
  readonly shape: readonly (number | string)[];
}

export type Feeds = Readonly<Record<string, TensorArray>>;

/** A model that onnxruntime has loaded, in a runner process. */
export interface Session {
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
  /** Runs once. `fetches` are output names, all if absent. */
  run(feeds: Feeds, fetches?: readonly string[], signal?: AbortSignal): Promise<Record<string, TensorArray>>;
  /** Begins to measure outputs in the runner, and to carry state from run to run; what was measured before is forgotten. */
  observe(options: ObserverOptions): Promise<void>;
  /** Runs once and measures what `observe` asked for where it is; answers only the outputs of `fetches`. */
  observeRun(
    feeds: Feeds,
    run: ObservedRun,
    fetches?: readonly string[],
    signal?: AbortSignal,
  ): Promise<Record<string, TensorArray>>;
  /** What was measured, in the order of `observe`; null for an output that had no element in any run. */
  observed(): Promise<readonly (ActivationStatistics | null)[]>;
  /** Runs once and adds outputs to sums in the runner, element by element. */
  accumulateRun(feeds: Feeds, outputs: readonly string[], signal?: AbortSignal): Promise<void>;
  /** The sums so far, by output. */
  accumulated(signal?: AbortSignal): Promise<ReadonlyMap<string, OutputSum>>;
  release(): Promise<void>;
}

/** Times of single runs, in milliseconds, in the order they ran. */
export interface LatencySamples {
  readonly milliseconds: readonly number[];
}

export interface ProfileRun {
  readonly model: { readonly source: ModelSource; readonly options?: SessionOptions; readonly feeds: Feeds };
  /** Where the profiler may write. */
  readonly folder: string;
  /** Where the graph that really ran is to be written; absent: nowhere. */
  readonly optimizedPath?: string;
  /** About how long to run. */
  readonly seconds: number;
  readonly fewestRuns: number;
  readonly mostRuns: number;
}

/** A model that was loaded on a workbench. */
export interface WorkbenchSession extends Pick<Session, 'inputs' | 'outputs' | 'release'> {
  /** Runs once on values of the workbench, by input, and keeps the outputs there under the given names. */
  run(
    inputs: Readonly<Record<string, string>>,
    outputs: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Runs once on feeds and collects rows of outputs on the workbench, under the given names. */
  collect(
    feeds: Feeds,
    outputs: Readonly<Record<string, string>>,
    sampling: RowSampling,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Runs over and over on its own outputs; answers the traces by output. */
  iterate(iteration: Iteration, signal?: AbortSignal): Promise<Record<string, Float32Array>>;
}

/** A runner of its own for several models, which read each other's values where these are: no tensor leaves it. */
export interface Workbench {
  load(source: ModelSource, options?: SessionOptions, signal?: AbortSignal): Promise<WorkbenchSession>;
  /** Puts values there, in place of all that were. */
  hold(values: Feeds, signal?: AbortSignal): Promise<void>;
  /** Puts more values there, and forgets others. */
  alter(values: Feeds, dropped?: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Values that are there, by name. */
  read(names: readonly string[], signal?: AbortSignal): Promise<Record<string, TensorArray>>;
  /** Makes values of what was collected under these names; answers how many rows each has. */
  finishCollection(names: readonly string[], signal?: AbortSignal): Promise<number[]>;
  /** Adds to numbered sums how far values lie from others. Returns the pairs whose shapes differ; of them nothing is added. */
  compare(
    pairs: readonly HeldPair[],
    of: { readonly samples: number; readonly valid: number },
    signal?: AbortSignal,
  ): Promise<readonly ShapeDifference[]>;
  /** The SQNR in decibels of each sum that something was added to. */
  sqnrs(signal?: AbortSignal): Promise<ReadonlyMap<number, number>>;
  /** Ends the runner. */
  close(): Promise<void>;
}

/** The only door to onnxruntime. Aborting a call kills the runner process it runs in, and with it that runner's sessions. */
export interface Runtime {
  load(source: ModelSource, options?: SessionOptions, signal?: AbortSignal): Promise<Session>;
  workbench(): Workbench;
  /**
   * Runs each session in turn, `repeats` times after `warmup` rounds, inside one runner, so that drift of the machine's
   * speed meets all alike: A B A B …
   */
  measureInTurn(
    models: readonly { readonly source: ModelSource; readonly options?: SessionOptions; readonly feeds: Feeds }[],
    rounds: { readonly warmup: number; readonly repeats: number },
    signal?: AbortSignal,
  ): Promise<LatencySamples[]>;
  /** Peak resident bytes of a fresh runner that loads the model and runs it once, less those of an empty runner. */
  measurePeakMemory(
    model: { readonly source: ModelSource; readonly options?: SessionOptions; readonly feeds: Feeds },
    signal?: AbortSignal,
  ): Promise<number>;
  /** Runs a model with onnxruntime's profiler on, in a fresh runner. */
  profile(request: ProfileRun, signal?: AbortSignal): Promise<ProfiledRuns>;
  /** Process ids of the runners that live now, for diagnostics. */
  runnerPids(): readonly number[];
  /** Ends all runners. */
  close(): Promise<void>;
}
