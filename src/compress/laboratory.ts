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
   * has put into the graph as nodes.
   */
  accumulate(
    model: Model,
    outputs: readonly string[],
    options?: ExperimentOptions,
  ): Promise<ReadonlyMap<string, OutputSum>>;
  /** Runs a model that needs no samples, once: a computation too heavy for this thread. */
  run(
    model: Model,
    feeds: Readonly<Record<string, TensorArray>>,
    options?: ExperimentOptions,
  ): Promise<Readonly<Record<string, TensorArray>>>;
}
