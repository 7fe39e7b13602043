/** Activations of a model, measured on data. Types only. */
import type { DataChoices } from '../data/openModelData.js';
import type { Message } from '../messages/message.js';
import type { Progress } from '../recipe/report.js';
import type { ElementType } from '../tensor/elementType.js';
import type { ModelHandle, WeightDetail } from './engineService.js';
import type { Call } from './rpc.js';

/** What fits in a row of the table; `histogram` has 24 bins. */
export interface ActivationSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** Share of exact zeros, 0..1. */
  readonly zeros: number;
  /** How far the extreme lies beyond what nearly all elements need: 1 for none. */
  readonly outlier: number;
  readonly histogram: readonly number[];
}

/** What was measured of a model, without the list of its values. */
export interface ActivationsCard {
  readonly data: string;
  readonly samples: number;
  /** Values measured, and those that were not: each reason with how many it holds for. */
  readonly measured: number;
  readonly missing: number;
  readonly reasons: readonly { readonly count: number; readonly why: Message }[];
  /** What must be known before a number is believed: random data, carried state. */
  readonly notes: readonly Message[];
  /** Over how many passes the capture was split to stay within `budgetBytes`. */
  readonly passes: number;
  readonly budgetBytes: number;
  readonly seconds: number;
}

/** One floating-point output of a layer. */
export type ActivationDetail = MeasuredDetail | { readonly value: string; readonly missing: Message };

export interface MeasuredDetail {
  readonly value: string;
  readonly missing?: undefined;
  readonly dtype: ElementType;
  /** Of one sample, symbolic sizes as they were met first. */
  readonly shape: readonly number[];
  readonly statistics: {
    readonly count: number;
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly std: number;
    readonly zeros: number;
    readonly nans: number;
    readonly infinities: number;
    readonly kurtosis: number;
    readonly outlier: number;
  };
  /** Bins of one width; the ends lie up to a bin beyond the extremes. NaN and no bin where there is no finite value. */
  readonly histogram: { readonly min: number; readonly max: number; readonly counts: Float64Array };
  readonly channels:
    | (NonNullable<WeightDetail['channels']> & {
        /** Channels that were zero in every sample. */
        readonly dead: number;
      })
    | null;
}

export interface MeasureActivationsRequest extends DataChoices {
  readonly model: string;
  readonly data: string;
  readonly threads?: number;
  /** Memory for captured tensors at once. */
  readonly budgetBytes?: number;
}

export interface ActivationCalls {
  /** Measures on all samples, or answers at once what is kept of the same model and data. */
  measureActivations: Call<MeasureActivationsRequest, ActivationsCard, Progress>;
  /** What was last measured of this model; null for nothing. */
  activations: Call<{ model: ModelHandle }, ActivationsCard | null>;
  /** The floating-point outputs of a layer; empty where it has none, or nothing was measured. */
  activation: Call<{ model: ModelHandle; layer: number }, ActivationDetail[]>;
}
