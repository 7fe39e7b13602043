/** What a compression did and what came of it: the JSON of `tare compress`, whose names are a contract. */
import type { AccuracyChange, Agreement, Evaluation, LatencyRatio, MetricFigures } from '../evaluate/evaluation.js';
import type { SlowLayer } from '../inspect/findings/slowLayers.js';
import type { Message } from '../messages/message.js';
import type { Json } from '../compress/method.js';

export interface CompressReport {
  readonly input: string;
  readonly output: string;
  readonly method: string;
  /** The options in force, defaults included. */
  readonly options: Json;
  readonly applied: readonly { readonly layer: string; readonly method: string; readonly choice: string }[];
  readonly skipped: readonly { readonly layer: string; readonly reason: Message }[];
  readonly notes: readonly Message[];
  readonly before: Evaluation;
  readonly after: Evaluation;
  readonly agreement: Agreement | null;
  readonly accuracyChange?: AccuracyChange;
  readonly latencyRatio?: LatencyRatio;
  /** The metric of the user's, in its own unit. */
  readonly metric?: Omit<MetricFigures, 'model' | 'against'> & { readonly before: number; readonly after: number };
  /** 'test', or 'calibration' where no test data was given, or 'nothing' without data or where that was asked for. */
  readonly measuredOn: 'test' | 'calibration' | 'nothing';
  /** Layers of the new model that a target would not run fast, where one was named. */
  readonly target?: { readonly name: string; readonly slow: readonly SlowLayer[] };
  /** Where the bytes of the output lie. */
  readonly outputBytes: { readonly weights: number; readonly scales: number; readonly structure: number };
  readonly seconds: number;
  readonly budgetMet: boolean | null;
  /** The same run as a command line. */
  readonly command: string;
}

/** Where a job stands. `fraction` is of the whole job, null while it cannot be known. */
export interface Progress {
  readonly stage: Message;
  readonly fraction: number | null;
}
