/**
 * What the engine process does for the extension and, through it, for the pages. Types only: an answer to a page is at
 * most 256 KB, so rows come by range and numbers as typed arrays.
 */
import type { Comparison } from '../evaluate/comparison.js';
import type { EvaluationReport } from '../evaluate/evaluation.js';
import type { Finding, LayerCard, ModelCard, TensorStatistics } from '../inspect/inspection.js';
import type { FailureData } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { CompressReport, Progress } from '../recipe/report.js';
import type { Json } from '../compress/method.js';
import type { Call } from './rpc.js';

/** An open model; opened once for each file however many editors show it, and closed with the last of them. */
export type ModelHandle = number;

export interface OpenedModel {
  readonly model: ModelHandle;
  readonly path: string;
  /** Identifies the content: state of the pages is kept under it. */
  readonly contentKey: string;
  readonly card: ModelCard;
  readonly layerCount: number;
  /** Weights that cannot be read, and what else a person must know at once. */
  readonly warnings: readonly Message[];
}

export type LayerColumn = 'order' | 'name' | 'op' | 'parameters' | 'bytes' | 'macs' | 'min' | 'max' | 'dtype';

export interface LayerQuery {
  readonly search: string;
  readonly sortBy: LayerColumn;
  readonly descending: boolean;
  /** Leave out layers without weights. */
  readonly weightsOnly: boolean;
}

/** The statistics that fit in a row of the table. `histogram` has 24 bins. */
export interface WeightSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly zeros: number;
  readonly histogram: readonly number[];
}

export interface LayerRow {
  /** Position in file order; with the name it identifies the layer. */
  readonly index: number;
  readonly card: LayerCard;
  /** Share of the model's bytes, 0..1. */
  readonly share: number;
  /** Of the layer's largest weight; absent until measured. */
  readonly summary?: WeightSummary;
}

export interface StatisticsEvent {
  readonly rows: readonly { readonly index: number; readonly summary: WeightSummary }[];
  readonly fraction: number;
}

export interface WeightDetail {
  readonly layer: number;
  readonly weight: string;
  readonly statistics: Omit<TensorStatistics, 'histogram' | 'channels'>;
  readonly histogram: { readonly min: number; readonly max: number; readonly counts: Float64Array };
  readonly channels: { readonly axis: number; readonly min: Float32Array; readonly max: Float32Array } | null;
}

export interface OptionCard {
  readonly name: string;
  readonly type: 'boolean' | 'integer' | 'number' | 'choice' | 'text';
  readonly values?: readonly string[];
  readonly default: Json;
  readonly sentence: string;
  readonly source: string;
}

export interface MethodCard {
  readonly name: string;
  readonly title: string;
  readonly options: readonly OptionCard[];
}

export interface CompressRequest {
  readonly input: string;
  readonly output: string;
  readonly method: string;
  /** Option name to value; the rest are defaults. */
  readonly options: { readonly [name: string]: Json };
  /** Calibration data: a path, 'random', or null for none. */
  readonly data: string | null;
  /** Data that is only reported on. */
  readonly test: string | null;
  /** Greatest loss of accuracy in points; null for none stated. */
  readonly maxDrop: number | null;
}

export interface EvaluateRequest {
  readonly model: string;
  readonly against: string | null;
  readonly data: string;
}

/** What happens to open models without being asked for. */
export type EngineNotice = { readonly kind: 'file-changed'; readonly path: string; readonly failure?: FailureData };

export interface EngineService {
  open: Call<{ path: string }, OpenedModel>;
  close: Call<{ model: ModelHandle }, void>;
  layers: Call<
    { model: ModelHandle; query: LayerQuery; start: number; end: number },
    { rows: LayerRow[]; total: number }
  >;
  /** Measures all weights, those of `first` (layer indices on the screen) before the rest. */
  statistics: Call<{ model: ModelHandle; first: readonly number[] }, void, StatisticsEvent>;
  weight: Call<{ model: ModelHandle; layer: number; weight: string }, WeightDetail>;
  findings: Call<{ model: ModelHandle }, Finding[]>;
  methods: Call<void, MethodCard[]>;
  compress: Call<CompressRequest, CompressReport, Progress>;
  evaluate: Call<EvaluateRequest, EvaluationReport, Progress>;
  compare: Call<{ a: string; b: string }, Comparison, Progress>;
  /** The report of the compression that made this file, where the engine has kept one. */
  report: Call<{ path: string }, CompressReport | null>;
  /** What the pages of a model remember (selection, page, sort, clipping settings), by content. */
  readState: Call<{ contentKey: string }, Json>;
  writeState: Call<{ contentKey: string; state: Json }, void>;
  /** Never ends while the engine lives. */
  notices: Call<void, void, EngineNotice>;
  /** Versions, processor, memory, open models and recent failures, for *Copy Diagnostics*. */
  diagnostics: Call<void, string>;
}
