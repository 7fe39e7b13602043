/** What is measured of a model and of a pair: the JSON of `tare evaluate`, whose names are a contract. */

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
  /** The same after gzip -6. */
  readonly compressedBytes: number;
  readonly parameters: number;
  readonly nonzero: number;
  /** Per sample; null where a shape is unknown. */
  readonly macs: number | null;
  /** Top-1 and top-5 accuracy, 0..1, where the data has labels. */
  readonly accuracy?: number;
  readonly top5?: number;
  readonly samples: number;
  readonly latencyMs: Latency | null;
  readonly peakMemoryBytes: number | null;
}

/** How far two models agree on the same samples. */
export interface Agreement {
  /** Share of samples with the same first class. */
  readonly top1: number;
  /** Of all outputs, decibels; Infinity where they are equal. */
  readonly sqnrDb: number;
  readonly cosine: number;
  readonly samples: number;
}

/** The difference of accuracy, honestly: samples that changed sides and the paired 95 % interval, in 0..1. */
export interface AccuracyChange {
  readonly difference: number;
  readonly interval: readonly [number, number];
  readonly wonSamples: number;
  readonly lostSamples: number;
}

/** Median of the ratios of interleaved pairs, second model over first. */
export interface LatencyRatio {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

export interface EvaluationReport {
  readonly model: Evaluation;
  readonly against?: Evaluation;
  readonly agreement?: Agreement;
  readonly accuracyChange?: AccuracyChange;
  readonly latencyRatio?: LatencyRatio;
  readonly data: string;
}
