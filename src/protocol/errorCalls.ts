/** Where the error of a compressed model arises, measured on data. Types only. */
import type { DataChoices } from '../data/openModelData.js';
import type { OutputComparison } from '../evaluate/comparison.js';
import type { Progress } from '../recipe/report.js';
import type { ComparedQuery, ComparedRow } from './engineService.js';
import type { Call } from './rpc.js';

export interface MeasureErrorsRequest extends DataChoices {
  /** Paths; a is the original. */
  readonly a: string;
  readonly b: string;
  readonly data: string;
  readonly threads?: number;
  /** Bytes of captured tensors in memory at once. */
  readonly budgetBytes?: number;
}

/** What data said of the outputs of two models; what it said of layers is in their rows. */
export type ErrorsCard = OutputComparison;

/** Layers whose errors were measured, along the graph. */
export interface ErrorPoints {
  /** As in `ComparedRow`. */
  readonly index: Uint32Array;
  readonly names: readonly string[];
  /** SQNR in decibels; NaN where it was not measured. */
  readonly local: Float64Array;
  readonly cumulative: Float64Array;
  /** Of all points; this answer has those from `start` on, at most 1,024. */
  readonly total: number;
}

export interface ErrorCalls {
  /** Measures, or answers at once what is kept of the same models and data. The rows of the comparison have the errors then. */
  measureErrors: Call<MeasureErrorsRequest, ErrorsCard, Progress>;
  /** What was last measured of these models; null for nothing. */
  errors: Call<{ a: string; b: string }, ErrorsCard | null>;
  errorPoints: Call<{ a: string; b: string; start: number }, ErrorPoints>;
  /** Where the row of a layer of b, or the row with this index, stands under a query; null where it is not found. */
  comparedPlace: Call<
    { a: string; b: string; query: ComparedQuery; of: { readonly index: number } | { readonly layer: string } },
    { position: number; row: ComparedRow } | null
  >;
}
