/** The whole of what `tare inspect` says of a model. */
import type { Inference } from '../graph/inference/inference.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { layersOf } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import { rebin } from '../tensor/histogram.js';
import type { TensorStatistics } from '../tensor/measure.js';
import type { CostBasis } from './cost/costBasis.js';
import { costBasis } from './cost/costBasis.js';
import { executionsOf } from './cost/executions.js';
import { layerCosts } from './cost/layerCost.js';
import { modelCost } from './cost/modelCost.js';
import type { RankedFinding } from './findings/findings.js';
import { FindingsCollector, findingsBeforeMeasuring } from './findings/findings.js';
import { targetFindings } from './findings/targetFindings.js';
import type { Target } from './findings/targets.js';
import { inLanes } from '../threads/inLanes.js';
import { inspectedWeight } from './inspectedWeight.js';
import type { Inspection, LayerCard, ModelCard } from './inspection.js';
import { layerCards, listedWeights, whyUnreadable } from './layerCards.js';
import { channelAxisOf, measureWeight } from './measureWeight.js';
import { modelCard } from './modelCard.js';
import type { InputShapes } from './modelShapes.js';
import { modelShapes } from './modelShapes.js';
import type { StatisticsPool } from './statisticsPool.js';

export interface InspectedFile {
  readonly model: Model;
  /** Of the model file and its external data. */
  readonly byteLength: number;
}

export interface Structure {
  readonly layers: readonly Layer[];
  /** One a layer, in the same order. */
  readonly layerCards: readonly LayerCard[];
  readonly card: ModelCard;
  /** With the symbols of the file. */
  readonly shapes: Inference;
  /** What the costs were reckoned from. */
  readonly basis: CostBasis;
}

/** What is known of a model before any weight is read. `inputShapes`: those of the run whose cost is asked for. */
export function inspectStructure({ model, byteLength }: InspectedFile, inputShapes?: InputShapes): Structure {
  const layers = layersOf(model);
  const shapes = modelShapes(model, inputShapes);
  const basis = costBasis(model, shapes);
  const executions = executionsOf(model, shapes.costs);
  const costs = layerCosts(layers, basis, executions);
  return {
    layers,
    layerCards: layerCards(layers, shapes.shapes, basis, costs),
    card: modelCard(model, layers, shapes, byteLength, modelCost(model, layers, costs, basis, executions)),
    shapes: shapes.shapes,
    basis,
  };
}

export interface InspectionOptions {
  /** Read the weights and measure them? */
  readonly statistics: boolean;
  /** Of the run whose cost is told; one sample of what the file says where not given. */
  readonly inputShapes?: InputShapes;
  /** Of the histograms; 64 where not given, 2,048 at most. */
  readonly bins?: number;
  /** Find what this target cannot run. */
  readonly target?: Target;
  /** Measures the larger weights; without one all are measured on this thread. */
  readonly pool?: StatisticsPool;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export const defaultBins = 64;

/** Inspects an open model. A weight that cannot be read is listed without figures, with the reason. */
export async function inspection(file: InspectedFile, options: InspectionOptions): Promise<Inspection> {
  const { layers, layerCards: cards, card, shapes } = inspectStructure(file, options.inputShapes);
  const onTarget = options.target ? targetFindings({ model: file.model, layers, shapes }, options.target) : [];
  const { measured, findings } = options.statistics
    ? await measureAll(layers, onTarget, options)
    : { measured: undefined, findings: findingsBeforeMeasuring(layers, onTarget) };
  const bins = options.bins ?? defaultBins;
  const inspected = cards.map((layer, i) => {
    const weights = listedWeights(layers[i]!);
    return {
      ...layer,
      weights: layer.weights.map((each, j) => inspectedWeight(each, measured?.get(weights[j]!), bins)),
    };
  });
  return { model: card, layers: inspected, findings };
}

interface PendingWeight {
  readonly layer: Layer;
  readonly weight: LayerWeight;
  /** Weights of other layers that stand for the same numbers. */
  readonly others: LayerWeight[];
}

/** Of the time that it takes to measure the weights and to find what they have in common. */
const measuringShare = 0.6;

async function measureAll(
  layers: readonly Layer[],
  more: readonly RankedFinding[],
  { bins = defaultBins, pool, signal, onProgress }: InspectionOptions,
) {
  const pending = pendingWeights(layers);
  const collector = new FindingsCollector(layers, more);
  const measured = new Map<LayerWeight, TensorStatistics | Message>();
  const total = pending.reduce((sum, { weight }) => sum + weight.bytes, 0);
  let done = 0;
  await inLanes(pending, pool?.threads ?? 1, signal, async ({ layer, weight, others }) => {
    let told = 0;
    const tell = (fraction: number) => {
      done += (fraction - told) * weight.bytes;
      told = fraction;
      onProgress?.(measuringShare * (total > 0 ? Math.min(1, done / total) : 1));
    };
    const result = await measureWeight(layer, weight, { pool, signal, onProgress: tell }).then(
      (statistics) => {
        collector.add({ layer, weight, statistics });
        // What is kept until the end is only what is told.
        return { ...statistics, histogram: rebin(statistics.histogram, bins) };
      },
      (error: unknown) => reasonOf(error),
    );
    for (const each of [weight, ...others]) measured.set(each, result);
    tell(1);
  });
  const findings = await collector.findings({
    pool,
    signal,
    onProgress: (fraction) => onProgress?.(measuringShare + (1 - measuringShare) * fraction),
  });
  onProgress?.(1);
  return { measured, findings };
}

/** The weights that can be measured, in file order. */
function pendingWeights(layers: readonly Layer[]): PendingWeight[] {
  const pending: PendingWeight[] = [];
  const byOwner = new Map<LayerWeight['owner'], PendingWeight[]>();
  for (const layer of layers) {
    for (const weight of listedWeights(layer)) {
      if (whyUnreadable(weight)) continue;
      const ofOwner = byOwner.get(weight.owner) ?? [];
      const same = ofOwner.find((first) => standForTheSame(first.weight, weight));
      if (same) {
        same.others.push(weight);
        continue;
      }
      const first: PendingWeight = { layer, weight, others: [] };
      pending.push(first);
      byOwner.set(weight.owner, [...ofOwner, first]);
    }
  }
  return pending;
}

/** Does a weight that two layers share stand for the same numbers, with the same channels, at both? */
function standForTheSame(a: LayerWeight, b: LayerWeight): boolean {
  if (channelAxisOf(a) !== channelAxisOf(b)) return false;
  if (!a.quantization && !b.quantization) return true;
  const { scale, zeroPoint } = a.quantization ?? {};
  return scale !== undefined && scale === b.quantization?.scale && zeroPoint === b.quantization.zeroPoint;
}

/** The reason as a sentence where it concerns this weight alone; else it is thrown again. */
function reasonOf(error: unknown): Message {
  if (error instanceof Failure && error.code !== 'onnx.file-changed' && error.code !== 'cancelled') {
    return sentence('inspect.unreadable', { reason: error.message, mend: error.mend });
  }
  throw error;
}
