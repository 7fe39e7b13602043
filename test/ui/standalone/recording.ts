/** What the engine answered about a model, as `record.ts` wrote it down. Typed arrays are lists here. */
import type { LayerPair } from '../../../src/evaluate/comparison.js';
import type { Finding, LayerCard } from '../../../src/inspect/inspection.js';
import type {
  ComparedWeight,
  ComparedWeights,
  ComparisonCard,
  OpenedModel,
  WeightDetail,
  WeightSummary,
} from '../../../src/protocol/engineService.js';
import type { ErrorsCard } from '../../../src/protocol/errorCalls.js';
import type { LayerTime, ProfileCard } from '../../../src/protocol/profileCalls.js';
import type { CompressReport } from '../../../src/recipe/report.js';

import type { RecordedActivations } from './recordedActivations.js';

type RecordedDetail = Omit<WeightDetail, 'histogram' | 'channels'> & {
  readonly histogram: { readonly min: number; readonly max: number; readonly counts: readonly number[] };
  readonly channels:
    | (Omit<NonNullable<WeightDetail['channels']>, 'min' | 'max'> & {
        readonly min: readonly number[];
        readonly max: readonly number[];
      })
    | null;
};

type RecordedWeight = Omit<ComparedWeight, 'counts'> & { readonly counts: readonly number[] };

export type RecordedPair = Omit<ComparedWeights, 'a' | 'b'> & {
  readonly a: RecordedWeight | null;
  readonly b: RecordedWeight | null;
};

export interface Recording {
  readonly opened: OpenedModel;
  readonly layers: readonly {
    readonly card: LayerCard;
    readonly share: number;
    readonly summary: WeightSummary | null;
    readonly time?: LayerTime;
  }[];
  readonly details: readonly RecordedDetail[];
  readonly findings: readonly Finding[];
  /** Of the model on random inputs, where it was profiled; its times are in the rows. */
  readonly profile: ProfileCard | null;
  /** Where they were measured: `recordActivations.ts` writes them down. */
  readonly activations?: RecordedActivations;
  /** Of a compressed model: how it came about, and how it stands against its original. */
  readonly report: CompressReport | null;
  readonly comparison: {
    readonly card: ComparisonCard;
    readonly pairs: readonly LayerPair[];
    readonly weights: readonly RecordedPair[];
    /** What data said of the models, where it was measured. */
    readonly errors: ErrorsCard | null;
  } | null;
}

export function detailOf(recorded: RecordedDetail): WeightDetail {
  const { histogram, channels } = recorded;
  return {
    ...recorded,
    histogram: { ...histogram, counts: Float64Array.from(histogram.counts) },
    channels: channels && {
      ...channels,
      min: Float32Array.from(channels.min),
      max: Float32Array.from(channels.max),
    },
  };
}

export function comparedWeightsOf(recorded: RecordedPair): ComparedWeights {
  const counted = (weight: RecordedWeight | null): ComparedWeight | null =>
    weight && { ...weight, counts: Float64Array.from(weight.counts) };
  return { ...recorded, a: counted(recorded.a), b: counted(recorded.b) };
}
