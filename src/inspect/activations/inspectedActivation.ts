/** Activations in the document of `tare inspect --json`. */
import type { Message } from '../../messages/message.js';
import type { ElementType } from '../../tensor/elementType.js';
import type { Histogram } from '../../tensor/histogram.js';
import { gatherBins } from '../../tensor/growingHistogram.js';
import type { Inspection } from '../inspection.js';
import { deadChannels, outlierRatio } from './activationFigures.js';
import type { MeasuredActivation, MeasuredActivations } from './measureActivations.js';

/** An activation with its figures over all samples, each null where it was not measured. */
export interface InspectedActivation {
  readonly name: string;
  readonly dtype: ElementType | null;
  /** As it was met first. */
  readonly shape: readonly number[] | null;
  /** Elements over all samples. */
  readonly count: number | null;
  /** Of all elements that are numbers, infinite ones too; the histogram spans the finite ones. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly std: number | null;
  readonly zeros: number | null;
  readonly nans: number | null;
  readonly infinities: number | null;
  readonly kurtosis: number | null;
  /** How far the extreme lies beyond what 99.9 % of the elements other than zero need: 1 for no outlier. */
  readonly outlier: number | null;
  readonly histogram: Histogram | null;
  readonly channels: {
    readonly axis: number;
    readonly min: Float64Array;
    readonly max: Float64Array;
    /** Zeros of each channel, of `elements`. */
    readonly zeros: Float64Array;
    readonly elements: number;
    /** Channels that were zero in every sample. */
    readonly dead: readonly number[];
  } | null;
  /** Why there are no figures. */
  readonly missing?: Message;
}

/** What the activations were measured on, beside those of the layers. */
export interface ActivationsSummary {
  readonly data: string;
  readonly samples: number;
  readonly measured: number;
  readonly missing: number;
  readonly passes: number;
  readonly memoryBytes: number;
  readonly seconds: number;
  readonly notes: readonly Message[];
  /** Of the inputs of the model. */
  readonly inputs: readonly InspectedActivation[];
}

export type InspectionWithActivations = Omit<Inspection, 'layers'> & {
  readonly layers: readonly (Inspection['layers'][number] & { readonly activations: readonly InspectedActivation[] })[];
  readonly activations: ActivationsSummary;
};

/** An inspection with the activations of the same model. `bins`: at most so many in each histogram. */
export function withActivations(
  inspection: Inspection,
  measured: MeasuredActivations,
  bins: number,
): InspectionWithActivations {
  const byLayer = activationsByLayer(measured);
  const of = (layer: number) => (byLayer.get(layer) ?? []).map((each) => inspectedActivation(each, bins));
  const { data, samples, values, passes, budgetBytes, seconds, notes } = measured;
  const missing = values.filter(({ statistics }) => !statistics).length;
  return {
    ...inspection,
    layers: inspection.layers.map((layer, i) => ({ ...layer, activations: of(i) })),
    activations: {
      data,
      samples,
      measured: values.length - missing,
      missing,
      passes,
      memoryBytes: budgetBytes,
      seconds,
      notes,
      inputs: of(-1),
    },
  };
}

/** The activations by the layer that computes them; -1 has the inputs of the model. */
export function activationsByLayer({ values }: MeasuredActivations): Map<number, MeasuredActivation[]> {
  const byLayer = new Map<number, MeasuredActivation[]>();
  for (const each of values) {
    const known = byLayer.get(each.layer);
    if (known) known.push(each);
    else byLayer.set(each.layer, [each]);
  }
  return byLayer;
}

export function inspectedActivation(
  { value, statistics, missing }: MeasuredActivation,
  bins: number,
): InspectedActivation {
  if (!statistics) return { ...nothing, name: value, missing };
  const { elementType, shape, count, mean, std, zeros, nans, infinities, kurtosis, histogram, channels } = statistics;
  const { negativeInfinities } = statistics;
  return {
    name: value,
    dtype: elementType,
    shape,
    count,
    min: negativeInfinities > 0 ? -Infinity : statistics.min,
    max: infinities > negativeInfinities ? Infinity : statistics.max,
    mean,
    std,
    zeros,
    nans,
    infinities,
    kurtosis,
    outlier: outlierRatio(statistics),
    histogram: histogram.counts.length === 0 ? null : gatherBins(histogram, bins),
    channels: channels && { ...channels, dead: deadChannels(channels) },
  };
}

const nothing: InspectedActivation = {
  name: '',
  dtype: null,
  shape: null,
  count: null,
  min: null,
  max: null,
  mean: null,
  std: null,
  zeros: null,
  nans: null,
  infinities: null,
  kurtosis: null,
  outlier: null,
  histogram: null,
  channels: null,
};
