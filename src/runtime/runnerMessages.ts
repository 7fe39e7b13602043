/** What goes over the channel between `Runner` and its child process. Structured clones: typed arrays stay typed arrays. */
import type { FailureData } from '../messages/failure.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { ActivationStatistics } from '../tensor/activationStatistics.js';
import type { HeldPair, RowSampling, ShapeDifference } from './heldValues.js';
import type { Iteration } from './iteration.js';
import type { ObservedRun, ObserverOptions } from './observer.js';
import type { OutputSum } from './outputSums.js';
import type { ProfiledRuns } from './profileEvents.js';
import type { Feeds, LatencySamples, ModelSource, ProfileRun, SessionOptions, SessionValue } from './session.js';

/** A model, how to load it, and one input to run it on. */
export interface RunnableModel {
  readonly source: ModelSource;
  readonly options?: SessionOptions;
  readonly feeds: Feeds;
}

/** What a runner does, by name: the argument and the answer of each. */
export interface RunnerCalls {
  load: {
    /** `shared`: other sessions of the runner live at the same time. */
    argument: { readonly source: ModelSource; readonly options?: SessionOptions; readonly shared?: boolean };
    answer: {
      readonly session: number;
      readonly inputs: readonly SessionValue[];
      readonly outputs: readonly SessionValue[];
    };
  };
  run: {
    argument: { readonly session: number; readonly feeds: Feeds; readonly fetches?: readonly string[] };
    answer: Record<string, TensorArray>;
  };
  /** Begins to measure outputs of a session; what was measured before is forgotten. */
  observe: { argument: { readonly session: number } & ObserverOptions; answer: void };
  /** Runs once, measures the outputs where they are, and gives out only those of `fetches`. */
  observeRun: {
    argument: { readonly session: number; readonly feeds: Feeds; readonly fetches: readonly string[] } & ObservedRun;
    answer: Record<string, TensorArray>;
  };
  /** What `observe` asked for, in its order; null for an output that had no element in any run. */
  observed: { argument: { readonly session: number }; answer: readonly (ActivationStatistics | null)[] };
  /** Runs once and adds outputs to sums of the session, element by element. */
  accumulateRun: {
    argument: { readonly session: number; readonly feeds: Feeds; readonly outputs: readonly string[] };
    answer: void;
  };
  /** The sums so far, by output. */
  accumulated: { argument: { readonly session: number }; answer: Map<string, OutputSum> };
  /** Holds these values in the runner, in place of all that it held. */
  hold: { argument: { readonly values: Feeds }; answer: void };
  /** Runs once on values that are held, by input, and holds the outputs under the given names. */
  runHeld: {
    argument: {
      readonly session: number;
      readonly inputs: Readonly<Record<string, string>>;
      readonly outputs: Readonly<Record<string, string>>;
    };
    answer: void;
  };
  /** Holds these values too, and forgets others. */
  alterHeld: { argument: { readonly values: Feeds; readonly dropped: readonly string[] }; answer: void };
  /** Values that are held. */
  readHeld: { argument: { readonly names: readonly string[] }; answer: Record<string, TensorArray> };
  /** Runs once and collects rows of outputs under the given names. */
  collectRun: {
    argument: {
      readonly session: number;
      readonly feeds: Feeds;
      readonly outputs: Readonly<Record<string, string>>;
      readonly sampling: RowSampling;
    };
    answer: void;
  };
  /** Holds what was collected under these names; answers how many rows each has. */
  finishCollection: { argument: { readonly names: readonly string[] }; answer: number[] };
  /** Runs a model on its own outputs, over and over; answers the traces. */
  iterate: { argument: { readonly session: number } & Iteration; answer: Record<string, Float32Array> };
  /** Adds to sums how far held values lie from others; of `samples` samples the first `valid` count. */
  compareHeld: {
    argument: { readonly pairs: readonly HeldPair[]; readonly samples: number; readonly valid: number };
    answer: ShapeDifference[];
  };
  /** What the sums have come to, as SQNR in decibels. */
  heldSqnrs: { argument: Record<string, never>; answer: Map<number, number> };
  release: { argument: { readonly session: number }; answer: void };
  measureInTurn: {
    argument: { readonly models: readonly RunnableModel[]; readonly warmup: number; readonly repeats: number };
    answer: LatencySamples[];
  };
  /**
   * Loads the model with onnxruntime's profiler on and runs it, `mostRuns` times or for so many seconds, at least
   * `fewestRuns` times, after one run to warm up. The profiler's file is made in `folder`, and there, if asked for, the
   * graph as it was optimized.
   */
  profile: {
    argument: ProfileRun;
    answer: ProfiledRuns;
  };
  /** Loads the model, if one is given, runs it once, and answers the process's peak resident bytes so far. */
  peakMemory: { argument: { readonly model?: RunnableModel }; answer: number };
}

export type RunnerCall = keyof RunnerCalls;

export interface RunnerRequest<C extends RunnerCall = RunnerCall> {
  readonly id: number;
  readonly call: C;
  readonly argument: RunnerCalls[C]['argument'];
}

export type RunnerReply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: FailureData };
