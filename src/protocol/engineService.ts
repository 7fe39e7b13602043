/**
 * What the engine process does for the extension and, through it, for the pages. Types only: an answer to a page is at
 * most 256 KB, so rows come by range and numbers as typed arrays.
 */
import type { PresetName } from '../data/images/preprocessing.js';
import type { DataChoices } from '../data/openModelData.js';
import type { LayerPair, ModelTotals } from '../evaluate/comparison.js';
import type { EvaluationReport } from '../evaluate/evaluation.js';
import type { ElementType } from '../tensor/elementType.js';
import type { IntegerCodes } from '../inspect/integerCodes.js';
import type { Finding, LayerCard, ModelCard, TensorStatistics } from '../inspect/inspection.js';
import type { Message } from '../messages/message.js';
import type { CompressReport, Progress } from '../recipe/report.js';
import type { CompressRequest } from '../recipe/request.js';
import type { Json } from '../compress/method.js';
import type { OptionCard } from '../compress/options.js';
import type { ActivationCalls, ActivationSummary } from './activationCalls.js';
import type { DiagramCalls } from './diagramCalls.js';
import type { LayerTime, ProfileCalls } from './profileCalls.js';
import type { ExportCalls } from './exportCalls.js';
import type { ErrorCalls } from './errorCalls.js';
import type { FormCalls } from './formCalls.js';
import type { Call } from './rpc.js';

/** An open model. Each `open` gives a handle of its own; the file behind is opened once and closed with its last handle. */
export type ModelHandle = number;

export interface OpenedModel {
  readonly model: ModelHandle;
  readonly path: string;
  /** Identifies the content, from samples of the bytes: state of the pages is kept under it. */
  readonly contentKey: string;
  readonly card: ModelCard;
  readonly layerCount: number;
  /** Weights that cannot be read, and what else a person must know at once. */
  readonly warnings: readonly Message[];
}

export type LayerColumn =
  | 'order'
  | 'name'
  | 'op'
  | 'parameters'
  | 'bytes'
  | 'macs'
  | 'bitOperations'
  | 'activationBytes'
  | 'energy'
  | 'time'
  | 'min'
  | 'max'
  | 'std'
  | 'zeros'
  | 'channelRatio'
  | 'activationMin'
  | 'activationMax'
  | 'activationZeros'
  | 'outlier'
  | 'dtype';

export interface LayerQuery {
  readonly search: string;
  readonly sortBy: LayerColumn;
  readonly descending: boolean;
  /** Leave out layers without weights. */
  readonly weightsOnly: boolean;
}

/** How layers are gathered: by operator, or by name scope, which is what stands before a `/` of the name. */
export type LayerGrouping = 'none' | 'op' | 'scope';

/** A question of the table of layers, which may gather them in groups that fold. */
export interface TableQuery extends LayerQuery {
  readonly groupBy: LayerGrouping;
  /** Keys of the groups that stand open; while something is searched, all do. */
  readonly unfolded: readonly string[];
}

/** The statistics that fit in a row of the table. `histogram` has 24 bins. */
export interface WeightSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly zeros: number;
  /** How many times as far from 0 as the narrowest channel the widest reaches; null for a weight without channels. */
  readonly channelRatio: number | null;
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
  /** Absent until the model is profiled. */
  readonly time?: LayerTime;
  /** Of the layer's first floating-point output; absent until activations are measured. */
  readonly activation?: ActivationSummary;
  /** SQNR in decibels of the layer alone against its original's, where a comparison measured it. */
  readonly error?: number;
}

/** Layers gathered under one row. A weight that several of them read counts at each. */
export interface LayerGroup {
  readonly key: string;
  /** The operator, or the scope without those of its holders. */
  readonly name: string;
  /** How many groups hold it. */
  readonly depth: number;
  readonly open: boolean;
  readonly layers: number;
  /** Sums of the rows, of those of which the amount is known; null where that is none. */
  readonly totals: Readonly<Record<AmountColumn, number | null>>;
}

/** Columns whose values add up. */
export type AmountColumn = Extract<
  LayerColumn,
  'parameters' | 'bytes' | 'macs' | 'bitOperations' | 'activationBytes' | 'energy' | 'time'
>;

export interface GroupRow {
  readonly group: LayerGroup;
  /** Share of the model's bytes, 0..1. */
  readonly share: number;
}

/** A row of the table; `depth` is how many groups hold the layer. */
export type TableRow = GroupRow | (LayerRow & { readonly depth: number });

export interface StatisticsEvent {
  /** What is known by now; a layer whose weights cannot be read (`WeightCard.unreadable`) never comes. */
  readonly rows: readonly { readonly index: number; readonly summary: WeightSummary }[];
  readonly fraction: number;
}

export interface WeightDetail {
  readonly layer: number;
  readonly weight: string;
  readonly statistics: Omit<TensorStatistics, 'histogram' | 'channels'>;
  readonly histogram: { readonly min: number; readonly max: number; readonly counts: Float64Array };
  /** Ranges along `axis`; where there are more than 8,192 channels, one bar stands for `perBar` neighbours. */
  readonly channels: {
    readonly axis: number;
    readonly count: number;
    readonly perBar: number;
    readonly min: Float32Array;
    readonly max: Float32Array;
  } | null;
}

/** What the integers of a quantized weight are, and the grid they stand on. */
export interface CodesDetail extends Omit<IntegerCodes, 'scales' | 'zeroPoints'> {
  readonly layer: number;
  readonly weight: string;
  /** Of scales and zero points in the file's order; where there are more than 8,192, one bar stands for `perBar` neighbours. */
  readonly grid: {
    readonly count: number;
    readonly perBar: number;
    readonly leastScale: Float64Array;
    readonly greatestScale: Float64Array;
    readonly leastZeroPoint: Float64Array;
    readonly greatestZeroPoint: Float64Array;
  };
}

/** A layer of two models, and what the compression that made `b` did to it, where `b` has a report. */
export interface ComparedRow {
  /** Position among the pairs as `compareModels` orders them. */
  readonly index: number;
  readonly pair: LayerPair;
  /** What was chosen for it, as the report says (`int8`). */
  readonly choice: string | null;
  /** Why the method left it as it is. */
  readonly skipped: Message | null;
}

export interface ComparisonCard {
  readonly totals: { readonly a: ModelTotals; readonly b: ModelTotals };
  readonly layerCount: number;
}

export interface ComparedQuery {
  readonly search: string;
  readonly sortBy: 'order' | 'name' | 'op' | 'status' | 'bytesA' | 'bytesB' | 'error' | 'local' | 'cumulative';
  readonly descending: boolean;
  /** Leave out layers that are the same in both. */
  readonly changedOnly: boolean;
}

/** The largest weight of a layer that is compared, as the real numbers it stands for. */
export interface ComparedWeight {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Of bins of equal width from `min` to `max`, which both weights of a pair have in common. */
  readonly counts: Float64Array;
}

/** The weights of one pair of layers; null where a layer has none or is alone. */
export interface ComparedWeights {
  /** As in `ComparedRow`. */
  readonly index: number;
  /** Of both weights together; NaN where there is no finite value. */
  readonly min: number;
  readonly max: number;
  readonly a: ComparedWeight | null;
  readonly b: ComparedWeight | null;
}

/** A report without its lists, whose length has no bound: they are in the rows of `comparedLayers`. */
export type ReportCard = Omit<CompressReport, 'applied' | 'skipped'> & {
  readonly appliedCount: number;
  readonly skippedCount: number;
};

export type { OptionCard };

/** A named set of options. */
export interface PresetCard {
  readonly name: string;
  readonly title: string;
  /** Why these options. */
  readonly sentence: string;
  readonly options: { readonly [name: string]: Json };
}

export interface MethodCard {
  readonly name: string;
  readonly title: string;
  readonly options: readonly OptionCard[];
  readonly presets?: readonly PresetCard[];
}

export type { CompressRequest };

export interface EvaluateRequest extends DataChoices {
  readonly model: string;
  readonly against: string | null;
  readonly data: string;
  readonly threads?: number;
  /** Path of a module that scores the outputs. It is run. */
  readonly metric?: string | null;
}

/** What happens without being asked for. After `file-changed` the handles on `path` are stale: close and open again. */
export type EngineNotice = { readonly kind: 'file-changed'; readonly path: string };

export interface EngineService extends ErrorCalls, ActivationCalls, DiagramCalls, ProfileCalls, ExportCalls, FormCalls {
  open: Call<{ path: string }, OpenedModel>;
  close: Call<{ model: ModelHandle }, void>;
  layers: Call<
    { model: ModelHandle; query: LayerQuery; start: number; end: number },
    { rows: LayerRow[]; total: number }
  >;
  /** The table of layers: as `layers`, with rows of groups where the query gathers them. */
  layerTable: Call<
    { model: ModelHandle; query: TableQuery; start: number; end: number },
    { rows: TableRow[]; total: number }
  >;
  /**
   * Measures all weights, those of `first` (layer indices on the screen) before the rest. When other layers come on the
   * screen, cancel and call again: nothing is measured twice.
   */
  statistics: Call<{ model: ModelHandle; first: readonly number[] }, void, StatisticsEvent>;
  weight: Call<{ model: ModelHandle; layer: number; weight: string }, WeightDetail>;
  /** Null where the weight is not stored as integers of up to 16 bits. */
  weightCodes: Call<{ model: ModelHandle; layer: number; weight: string }, CodesDetail | null>;
  /** Measures what is not measured yet; the most important first, at most 200. */
  findings: Call<{ model: ModelHandle }, Finding[]>;
  methods: Call<void, MethodCard[]>;
  /**
   * How the images of some data may become inputs of a model (its path), the likeliest first; null where the data has no
   * images, or says itself.
   */
  imagePresets: Call<{ model: string; data: string }, readonly PresetName[] | null>;
  compress: Call<CompressRequest, CompressReport, Progress>;
  evaluate: Call<EvaluateRequest, EvaluationReport, Progress>;
  /** Measures what differs. The rows are kept for `comparedLayers`. */
  compare: Call<{ a: string; b: string }, ComparisonCard, Progress>;
  comparedLayers: Call<
    { a: string; b: string; query: ComparedQuery; start: number; end: number },
    { rows: ComparedRow[]; total: number }
  >;
  /** The weights of the row with this `index`, to be laid over each other. */
  comparedWeights: Call<{ a: string; b: string; index: number }, ComparedWeights>;
  /** The report of the compression that made this file, where the engine has kept one. */
  report: Call<{ path: string }, CompressReport | null>;
  reportCard: Call<{ path: string }, ReportCard | null>;
  /** The last evaluation of this file, where the engine has kept one. */
  evaluation: Call<{ path: string }, EvaluationReport | null>;
  /** What the pages of a model remember (selection, page, sort, clipping settings), by content; null for nothing. */
  readState: Call<{ contentKey: string }, Json>;
  writeState: Call<{ contentKey: string; state: Json }, void>;
  /** Never ends while the engine lives. */
  notices: Call<void, void, EngineNotice>;
  /** Versions, processor, memory, open models and recent failures, for *Copy Diagnostics*. */
  diagnostics: Call<void, string>;
  /** Process ids of the engine and of the runners that live now. */
  processes: Call<void, { engine: number; runners: readonly number[] }>;
}
