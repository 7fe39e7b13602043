/** The activations of a model over a data set. */
import { carryNotes } from '../../data/carried.js';
import type { CarriedInput } from '../../data/carriedInput.js';
import type { Dataset } from '../../data/dataset.js';
import type { ImageReader } from '../../data/images/imageReader.js';
import { openModelData, type DataChoices } from '../../data/openModelData.js';
import { splitDataset } from '../../data/split.js';
import { inferShapes } from '../../graph/inferShapes.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { Scope } from '../../graph/scope.js';
import { english, sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import { collectActivationStatistics } from '../../runtime/activationStatistics.js';
import { defaultCaptureBytes } from '../../runtime/captureSizes.js';
import type { ModelValue } from '../../runtime/observableValues.js';
import { modelValues } from '../../runtime/observableValues.js';
import type { Runtime } from '../../runtime/session.js';
import type { ActivationStatistics } from '../../tensor/activationStatistics.js';
import { channelAxes } from './channelAxes.js';

/** A floating-point value of a model, with what was measured of it or the reason why nothing was. */
export interface MeasuredActivation {
  readonly key: string;
  readonly value: string;
  /** As in `layersOf`; -1 for an input of the model. */
  readonly layer: number;
  readonly output: number;
  readonly statistics: ActivationStatistics | null;
  readonly missing?: Message;
}

export interface MeasuredActivations {
  /** How a person named the data. */
  readonly data: string;
  readonly samples: number;
  /** The inputs, then the outputs of the layers in their order; constants are left out. */
  readonly values: readonly MeasuredActivation[];
  readonly passes: number;
  readonly budgetBytes: number;
  readonly seconds: number;
  /** What must be known before a number is believed: random data, carried state. */
  readonly notes: readonly Message[];
}

export interface MeasureActivationsOptions {
  /** What failures call the model. */
  readonly name: string;
  /** The most memory for captured tensors at once. */
  readonly budgetBytes?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: Message; readonly fraction: number }) => void;
}

export interface DataOptions extends DataChoices {
  /** At most so many samples, the first of them. */
  readonly limit?: number;
  /** What reads images; absent: this thread. */
  readonly images?: ImageReader;
}

/** A data set for a model whose recurrent state it may lack. */
export async function openActivationData(
  model: Model,
  data: string,
  options: DataOptions = {},
): Promise<{ dataset: Dataset; carried: readonly CarriedInput[] }> {
  const dataset = await openModelData(data, [model], options);
  return { dataset, carried: dataset.carried ?? [] };
}

/**
 * Measures every floating-point activation of the main graph and of the bodies that can be seen, over all samples. The
 * first part of each statistics' ranges is over the samples that a calibration with the seed 0 would be fitted on, the
 * second over the rest.
 */
export async function measureActivations(
  runtime: Runtime,
  model: Model,
  { dataset, carried }: Awaited<ReturnType<typeof openActivationData>>,
  options: MeasureActivationsOptions,
): Promise<MeasuredActivations> {
  const started = performance.now();
  const { name, budgetBytes = defaultCaptureBytes, threads, signal, onProgress } = options;
  const layers = layersOf(model);
  const inference = inferShapes(model);
  const values = modelValues(model, layers, inference);
  const axes = channelAxes(model, layers, inference);
  const outermost = new Scope(model.graph);
  const seen = values.filter(({ missing }) => !missing);
  if (seen.length === 0) throw nothingToSee(name, values);
  const axisOf = ({ layer, value }: ModelValue) => axes.of(layers[layer]?.scope ?? outermost, value);
  const isFitted = fittedSamples(dataset);
  const { distributions, passes } = await collectActivationStatistics(
    runtime,
    model,
    { ranges: [], distributions: new Map(seen.map((value) => [value.key, axisOf(value)])) },
    dataset,
    {
      name,
      budgetBytes,
      threads,
      signal,
      carried,
      parts: { count: 2, of: (sample) => (isFitted(sample) ? 0 : 1) },
      onProgress: (fraction, pass) => onProgress?.({ stage: stageOf(pass), fraction }),
    },
  );
  return {
    data: dataset.name,
    samples: dataset.sampleCount,
    values: values.flatMap((value) => measuredActivation(value, distributions.get(value.key) ?? null)),
    passes,
    budgetBytes,
    seconds: (performance.now() - started) / 1000,
    notes: [...dataset.warnings, ...carryNotes(carried)],
  };
}

function nothingToSee(model: string, values: readonly ModelValue[]): Failure {
  const missing = values.find((value) => value.missing)?.missing;
  return new Failure('activations.nothing', {
    model,
    reason: english(missing ?? sentence('activations.missing.none')),
  });
}

function stageOf({ pass, passes }: { readonly pass: number; readonly passes: number }): Message {
  return passes > 1 ? sentence('activations.stage.pass', { pass: pass + 1, passes }) : sentence('activations.stage');
}

/** Nothing for what is of an unknown operator and turned out to be no floating-point tensor. */
function measuredActivation(
  { key, value, layer, output, missing, elementType }: ModelValue,
  statistics: ActivationStatistics | null,
): MeasuredActivation[] {
  const known = { key, value, layer, output };
  if (statistics) return [{ ...known, statistics }];
  if (!missing && elementType === undefined) return [];
  return [{ ...known, statistics: null, missing: missing ?? sentence('activations.missing.not-run') }];
}

function fittedSamples(dataset: Dataset): (sample: number) => boolean {
  const all = Array.from({ length: dataset.sampleCount }, (_, i) => i);
  const indexed: Dataset = { ...dataset, labels: Int32Array.from(all), expected: undefined };
  const fitted = new Set(splitDataset(indexed, 0).fit.labels);
  return (sample) => fitted.has(sample);
}
