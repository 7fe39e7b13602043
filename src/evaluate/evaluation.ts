/** What is measured of a model and of a pair: the JSON of `tare evaluate`, whose names are a contract. */
import type { Message } from '../messages/message.js';

export interface Latency {
  /** Of one run at batch size `batch`, milliseconds. */
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly batch: number;
  readonly runs: number;
  readonly threads: number;
}

export interface Evaluation {
  /** Of the file and its external data. */
  readonly bytes: number;
  /** The same after gzip -6; null where nothing was to be measured. */
  readonly compressedBytes: number | null;
  readonly parameters: number;
  readonly nonzero: number;
  /** Per sample; null where a shape is unknown. */
  readonly macs: number | null;
  /** Top-1 and top-5 accuracy, 0..1, where the data has labels. */
  readonly accuracy?: number;
  readonly top5?: number;
  /** The share of samples whose label is among the first k classes, where that was asked for. */
  readonly topK?: { readonly k: number; readonly accuracy: number };
  readonly samples: number;
  /** With the reference outputs that the data holds, where it does. */
  readonly expected?: Agreement;
  readonly latencyMs: Latency | null;
  readonly peakMemoryBytes: number | null;
}

/** How far two models agree on the same samples. */
export interface Agreement {
  /** Share of rows of scores (samples, for a classifier) with the same first class; null where no output has classes. */
  readonly top1: number | null;
  /** Of all outputs, decibels; Infinity where they are equal. */
  readonly sqnrDb: number;
  readonly cosine: number;
  readonly samples: number;
  /** SQNR of each output that was compared, by the reference's name, where there are several. */
  readonly outputs?: readonly { readonly name: string; readonly sqnrDb: number }[];
}

/**
 * The accuracy of the model less that of the one it is held against, honestly: samples that changed sides and the paired
 * 95 % interval, in 0..1.
 */
export interface AccuracyChange {
  readonly difference: number;
  readonly interval: readonly [number, number];
  readonly wonSamples: number;
  readonly lostSamples: number;
}

/** Ratios of the times of interleaved pairs, the model's over those of the one it is held against. */
export interface LatencyRatio {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

/** A metric of the user's, in its own unit. */
export interface MetricFigures {
  readonly name: string;
  readonly betterIs: 'higher' | 'lower';
  readonly model: number;
  /** Of the model it is held against, the difference of the two, and its 95 % interval where samples are scored each. */
  readonly against?: number;
  readonly difference?: number;
  readonly interval?: readonly [number, number] | null;
}

export interface EvaluationReport {
  readonly model: Evaluation;
  /** The reference of agreement, change and ratio: the original, where the model is a compressed one. */
  readonly against?: Evaluation;
  readonly agreement?: Agreement;
  readonly accuracyChange?: AccuracyChange;
  readonly latencyRatio?: LatencyRatio;
  readonly metric?: MetricFigures;
  /** The data set that was measured on, as the person named it; '' for none. */
  readonly data: string;
  /** What must be known to believe the numbers. */
  readonly notes?: readonly Message[];
}
