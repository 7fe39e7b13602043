/** What is said between a measurement and the thread that runs a metric of the user's. */

/** An output of a model on one sample. */
export interface MetricOutput {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

export interface MetricCard {
  readonly name: string;
  readonly betterIs: 'higher' | 'lower';
}

export interface MetricSample {
  /** The number of the sample in the data, from 0. */
  readonly index: number;
}

export interface AddRequest {
  readonly kind: 'add';
  /** Which of the models: each has a state of its own. */
  readonly model: number;
  readonly sample: MetricSample;
  readonly outputs: Readonly<Record<string, MetricOutput>>;
  readonly label: number | undefined;
}

export type MetricRequest = AddRequest | { readonly kind: 'result'; readonly model: number };

export interface MetricResult {
  readonly value: number;
  /** One of each sample, in the order they came, where the metric is their mean. */
  readonly scores: Float64Array | null;
}

/** Where a metric failed: line 0 where it is not known. */
export interface MetricTrouble {
  readonly detail: string;
  readonly line: number;
}

export type MetricReply =
  | { readonly kind: 'ready'; readonly card: MetricCard }
  | { readonly kind: 'added' }
  | { readonly kind: 'result'; readonly result: MetricResult }
  | { readonly kind: 'failed'; readonly trouble: MetricTrouble };
