/** What a method may find out by running models on the samples that are for fitting. Types alone: the recipe makes one. */
import type { Model } from '../graph/model.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { ActivationStatistics, StatisticsRequest } from './method.js';

/** The sum of an output over all samples, element by element, in float64. */
export interface OutputSum {
  readonly shape: readonly number[];
  readonly sums: Float64Array;
  /** The runs that were added up. */
  readonly runs: number;
}

export interface ExperimentOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export interface AccumulateOptions extends ExperimentOptions {
  /** How many samples to join in a run, where they can be: for outputs that are sums over samples. One if absent. */
  readonly batchSize?: number;
}

/**
 * Models are made by the method: the prepared one, or a copy with other weights or more outputs. Each call runs one over
 * the samples; no tensor of a sample leaves the runner but through `run`.
 */
export interface Laboratory {
  readonly sampleCount: number;
  /** Ranges and distributions of values of a model. */
  observe(model: Model, request: StatisticsRequest, options?: ExperimentOptions): Promise<ActivationStatistics>;
  /**
   * Adds up outputs of a model whose shapes do not depend on the sample: second moments, means, counts, that the method
   * has put into the graph as nodes. They are added where the model runs.
   */
  accumulate(
    model: Model,
    outputs: readonly string[],
    options?: AccumulateOptions,
  ): Promise<ReadonlyMap<string, OutputSum>>;
  /** Runs a model that needs no samples, once: a computation too heavy for this thread. */
  run(
    model: Model,
    feeds: Readonly<Record<string, TensorArray>>,
    options?: ExperimentOptions,
  ): Promise<Readonly<Record<string, TensorArray>>>;
  /** A place where tensors stay from one experiment to the next. It must be closed. */
  bench(): Bench;
}

export interface CollectOptions extends ExperimentOptions {
  /** The most rows of an output, along its first axis, that are kept of all samples together. */
  readonly rows: number;
  /** Of the drawing of rows. Outputs with as many rows a sample give the same rows, also of several models. */
  readonly seed: number;
  readonly batchSize?: number;
}

/** A model's steps on its own outputs: those of an optimizer, whose gradients and updates are nodes of the graph. */
export interface Iteration {
  readonly steps: number;
  /** Tensors of the bench that each run reads, by input. */
  readonly constants: Readonly<Record<string, string>>;
  /** The output that takes the place of an input for the next run. On the bench under the input's name, before and after. */
  readonly state: Readonly<Record<string, string>>;
  /**
   * Tensors of the bench, by input, of which each run reads `batchSize` rows (along the first axis): of all the same ones,
   * in an order by `seed`, each once before one is read again.
   */
  readonly batches: Readonly<Record<string, string>>;
  readonly batchSize: number;
  readonly seed: number;
  /** Inputs that are a number (float32, no axis), by step. */
  readonly schedule: Readonly<Record<string, Float32Array>>;
  /** Outputs of one number whose values are told, by step. */
  readonly traces?: readonly string[];
}

/** Tensors beside the running models. Nothing leaves it but through `read`. */
export interface Bench {
  /** Runs a model over all samples and puts rows of its outputs on the bench, under the given names: answers how many. */
  collect(model: Model, outputs: Readonly<Record<string, string>>, options: CollectOptions): Promise<number>;
  /** Puts tensors on the bench, and takes others away. */
  put(tensors: Readonly<Record<string, TensorArray>>, gone?: readonly string[]): Promise<void>;
  read(names: readonly string[]): Promise<Readonly<Record<string, TensorArray>>>;
  /** Answers the traces by output. */
  iterate(
    model: Model,
    iteration: Iteration,
    options?: ExperimentOptions,
  ): Promise<Readonly<Record<string, Float32Array>>>;
  close(): Promise<void>;
}
