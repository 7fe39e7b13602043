import { planBatches } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { ImageReader } from '../data/images/imageReader.js';
import { openModelData, type DataChoices, type ModelDataOptions } from '../data/openModelData.js';
import type { Model } from '../graph/model.js';
import type { ModelCost } from '../inspect/cost/cost.js';
import type { Structure } from '../inspect/inspectModel.js';
import { inspectStructure } from '../inspect/inspectModel.js';
import type { InspectedFile } from '../inspect/inspectModel.js';
import type { InputShapes } from '../inspect/modelShapes.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import { profileModel } from '../runtime/profileModel.js';
import type { Feeds, Runtime } from '../runtime/session.js';
import { refusedRandomInputs } from './refusedRandomInputs.js';
import type { EvaluationProgress } from './stages.js';

/** How long a layer took, beside the layers it was fused with. */
export interface LayerTime {
  readonly milliseconds: number;
  /** `fused`: done by the kernel of the layer `into`, which has the time. `none`: nothing ran for it. */
  readonly kernel: 'own' | 'fused' | 'none';
  readonly into: string | null;
}

/** Measured times of one run, in milliseconds: medians. */
export interface ProfileSummary {
  readonly runs: number;
  readonly threads: number;
  /** All kernels together. */
  readonly kernelsMs: number;
  /** The run as a whole, with the profiler's own work. */
  readonly runMs: number;
  /** In kernels that belong to no layer: conversions that onnxruntime adds. */
  readonly elsewhereMs: number;
  /** What the model was run on; null for random inputs. */
  readonly data: string | null;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** For one sample of these shapes. */
  readonly macs: number | null;
  readonly cost: ModelCost;
  readonly warnings: readonly Message[];
}

export interface FileProfile extends ProfileSummary {
  /** As `inputs`. */
  readonly shapes: InputShapes;
  /** One of each layer, in the order of the layers. */
  readonly layers: readonly LayerTime[];
  /** The model at the shapes that were run. */
  readonly structure: Structure;
}

export interface ProfileRequest extends DataChoices {
  /** A data set, whose first sample is run; null for random inputs. */
  readonly data: string | null;
  readonly threads?: number;
  /** What failures call the model. */
  readonly name: string;
}

export interface ProfileContext {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** What reads images; absent: this thread. */
  readonly images?: ImageReader;
}

/** One run's inputs: the first sample of a data set, or random numbers; recurrent state that the data lacks is zeros. */
export interface FirstSample {
  readonly feeds: Feeds;
  readonly shapes: InputShapes;
  readonly dataset: Dataset;
}

export async function firstSample(
  model: Model,
  data: string | null,
  choices: ModelDataOptions = {},
): Promise<FirstSample> {
  const dataset = await openModelData(data ?? 'random', [model], choices);
  const [batch] = planBatches(dataset, 1);
  const { feeds } = await dataset.read(batch!.samples);
  return {
    feeds,
    shapes: new Map(Object.entries(feeds).map(([name, { shape }]) => [name, shape])),
    dataset,
  };
}

/** Runs a model on one sample again and again with onnxruntime's profiler on, on one thread unless told otherwise. */
export async function profileFile(
  file: InspectedFile,
  { data, threads, name, carry, preprocess }: ProfileRequest,
  { runtime, signal, onProgress, images }: ProfileContext,
): Promise<FileProfile> {
  onProgress?.({ stage: sentence('evaluate.stage.profile', { model: name }), fraction: null });
  const { feeds, shapes, dataset } = await firstSample(file.model, data, { carry, preprocess, images });
  const structure = inspectStructure(file, shapes);
  const { layers, basis, card } = structure;
  const measured = await profileModel(runtime, file.model, feeds, {
    threads,
    name,
    signal,
    weightOf: (node) => basis.macsOf(node) ?? 0,
    isFolded: (node, scope) => node.outputs.every((value) => value === '' || basis.values.isConstant(scope, value)),
  }).catch((error: unknown) => {
    throw dataset.name === 'random' ? refusedRandomInputs(error, dataset) : error;
  });
  const names = new Map(layers.map((layer) => [layer.node, layer.name]));
  const { nodes, elsewhereMs, kernelsMs, runMs, runs } = measured;
  return {
    runs,
    threads: measured.threads,
    kernelsMs,
    runMs,
    elsewhereMs,
    data: data === 'random' ? null : data,
    inputs: [...shapes].map(([input, shape]) => ({ name: input, shape })),
    macs: card.macs,
    cost: card.cost,
    warnings: dataset.name === 'random' ? [randomNote(shapes)] : dataset.warnings,
    layers: layers.map(({ node }) => {
      const { milliseconds, kernel, into } = nodes.get(node)!;
      return { milliseconds, kernel, into: (into && names.get(into)) ?? null };
    }),
    shapes,
    structure,
  };
}

function randomNote(shapes: InputShapes): Message {
  const texts = [...shapes].map(([name, shape]) => `${name} [${shape.join(',')}]`);
  return sentence('evaluate.profile.random', { shapes: texts.join(', ') });
}
