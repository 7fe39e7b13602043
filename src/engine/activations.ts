import { basename } from 'node:path';
import { dataKey } from '../data/dataKey.js';
import { splitDataset } from '../data/split.js';
import { refusedRandomInputs } from '../evaluate/refusedRandomInputs.js';
import type { Model } from '../graph/model.js';
import { deadChannels, outlierRatio } from '../inspect/activations/activationFigures.js';
import { activationsByLayer } from '../inspect/activations/inspectedActivation.js';
import type { MeasuredActivation, MeasuredActivations } from '../inspect/activations/measureActivations.js';
import { measureActivations, openActivationData } from '../inspect/activations/measureActivations.js';
import { english } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import { openModel } from '../onnx/openModel.js';
import type {
  ActivationDetail,
  ActivationsCard,
  ActivationSummary,
  MeasureActivationsRequest,
} from '../protocol/activationCalls.js';
import { defaultCaptureBytes } from '../runtime/captureSizes.js';
import type { RangeStore } from '../runtime/rangeStore.js';
import { rangesOfPart } from '../runtime/rangeStore.js';
import { statisticsKey } from '../runtime/statisticsKey.js';
import type { ActivationStatistics } from '../tensor/activationStatistics.js';
import { gatherBins } from '../tensor/growingHistogram.js';
import type { JobContext, Running } from './jobs.js';
import { paced } from './paced.js';
import type { StateFolder } from './stateFolder.js';
import { channelBars, summaryBins } from './weightFigures.js';

/** Of the form of what is kept; what is kept in another form is measured anew. */
const activationsVersion = 1;

/** What was measured, as it is kept by the content of the model. */
export interface KeptActivations {
  readonly version: number;
  /** `dataKey` of the data. */
  readonly data: string | null;
  readonly measured: MeasuredActivations;
}

export interface MeasuredModel {
  readonly contentKey: string;
  readonly kept: KeptActivations;
}

/** Measures the activations and keeps them, or finds them where the same data was measured before. */
export async function measureModelActivations(
  { model: path, data, threads, budgetBytes = defaultCaptureBytes, carry, preprocess }: MeasureActivationsRequest,
  { runtime, images }: Running,
  state: StateFolder,
  { signal, emit }: JobContext,
): Promise<MeasuredModel> {
  const opened = await openModel(path);
  try {
    const { contentKey, model } = opened;
    const key = await dataKey(data, { carry, preprocess });
    const known = await findActivations(state, contentKey);
    if (known && known.data === key) return { contentKey, kept: known };
    const source = await openActivationData(model, data, { carry, preprocess, images });
    const options = { name: basename(path), budgetBytes, threads, signal, onProgress: paced(emit) };
    const measured = await measureActivations(runtime, model, source, options).catch((error: unknown) => {
      throw data === 'random' ? refusedRandomInputs(error, source.dataset) : error;
    });
    const kept: KeptActivations = { version: activationsVersion, data: key, measured };
    await state.writeClone('activations', contentKey, kept);
    await keepRanges(opened.model, source, measured, state, signal);
    return { contentKey, kept };
  } finally {
    await opened.close();
  }
}

/** What was last measured of a model with this content; null for nothing. */
export async function findActivations(state: StateFolder, contentKey: string): Promise<KeptActivations | null> {
  const kept = (await state.readClone('activations', contentKey)) as KeptActivations | null;
  return kept?.version === activationsVersion ? kept : null;
}

/** Ranges that calibration need not measure again. */
export function rangeStore(state: StateFolder): RangeStore {
  return {
    read: async (key) => {
      const kept = (await state.readClone('ranges', key)) as ReadonlyMap<string, { min: number; max: number }> | null;
      return kept instanceof Map ? kept : null;
    },
    write: (key, ranges) => state.writeClone('ranges', key, ranges),
  };
}

/** A calibration on the same data is fitted on its first part, if the model needs no preparation. */
async function keepRanges(
  model: Model,
  { dataset, carried }: Awaited<ReturnType<typeof openActivationData>>,
  { values }: MeasuredActivations,
  state: StateFolder,
  signal: AbortSignal,
): Promise<void> {
  if (carried.length > 0 || dataset.name === 'random') return;
  const ofMainGraph = values.filter(({ key, value }) => key === value);
  const ranges = rangesOfPart(
    ofMainGraph.map(({ key, statistics }) => [key, statistics] as const),
    0,
  );
  const { fit } = splitDataset(dataset, 0);
  if (ranges.size > 0) await rangeStore(state).write(await statisticsKey(model, fit, signal), ranges);
}

export function activationsCard({ measured }: KeptActivations): ActivationsCard {
  const { data, samples, values, passes, budgetBytes, seconds, notes } = measured;
  const reasons = new Map<string, { count: number; why: Message }>();
  for (const { missing } of values) {
    if (!missing) continue;
    const known = reasons.get(english(missing));
    if (known) known.count++;
    else reasons.set(english(missing), { count: 1, why: missing });
  }
  const missing = values.filter(({ statistics }) => !statistics).length;
  const most = [...reasons.values()].sort((a, b) => b.count - a.count).slice(0, shownReasons);
  return {
    data,
    samples,
    measured: values.length - missing,
    missing,
    reasons: most,
    notes,
    passes,
    budgetBytes,
    seconds,
  };
}

const shownReasons = 8;

/** The activations of a model by layer, as pages take them. */
export class LayerActivations {
  readonly card: ActivationsCard;
  readonly #byLayer: ReadonlyMap<number, readonly MeasuredActivation[]>;
  readonly #summaries = new Map<number, ActivationSummary | undefined>();

  constructor(kept: KeptActivations) {
    this.card = activationsCard(kept);
    this.#byLayer = activationsByLayer(kept.measured);
  }

  /** Of the layer's first output that was measured. */
  summary(layer: number): ActivationSummary | undefined {
    if (!this.#summaries.has(layer)) {
      const measured = this.#byLayer.get(layer)?.find(({ statistics }) => statistics)?.statistics;
      this.#summaries.set(layer, measured ? summaryOf(measured) : undefined);
    }
    return this.#summaries.get(layer);
  }

  details(layer: number): ActivationDetail[] {
    return (this.#byLayer.get(layer) ?? []).slice(0, shownOutputs).map(detailOf);
  }
}

/** Outputs of one answer: 24 KB each at most, without their channels. */
const shownOutputs = 4;
/** Bars of the channels of one output. */
const mostBars = 2048;

function summaryOf(statistics: ActivationStatistics): ActivationSummary {
  const { min, max, mean, std, zeros, count, histogram } = statistics;
  const bins = Array.from(gatherBins(histogram, summaryBins).counts);
  return { min, max, mean, std, zeros: zeros / count, outlier: outlierRatio(statistics), histogram: bins };
}

function detailOf({ value, statistics, missing }: MeasuredActivation): ActivationDetail {
  if (!statistics) return { value, missing: missing! };
  const { elementType: dtype, shape, count, min, max, mean, std, zeros, nans, infinities, kurtosis } = statistics;
  const { histogram, channels } = statistics;
  const outlier = outlierRatio(statistics);
  return {
    value,
    dtype,
    shape,
    statistics: { count, min, max, mean, std, zeros, nans, infinities, kurtosis, outlier },
    histogram,
    channels: channels && { ...channelBars(channels, mostBars), dead: deadChannels(channels).length },
  };
}
