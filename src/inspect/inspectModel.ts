/** The whole of what `tare inspect` says of a model. */
import type { Inference } from '../graph/inference/inference.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { layersOf } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { TensorStatistics } from '../tensor/measure.js';
import type { CostBasis } from './cost/costBasis.js';
import { costBasis } from './cost/costBasis.js';
import { executionsOf } from './cost/executions.js';
import { layerCosts } from './cost/layerCost.js';
import { modelCost } from './cost/modelCost.js';
import { FindingsCollector, findingsBeforeMeasuring } from './findings/findings.js';
import { inspectedWeight } from './inspectedWeight.js';
import type { Inspection, LayerCard, ModelCard } from './inspection.js';
import { layerCards, listedWeights, whyUnreadable } from './layerCards.js';
import { channelAxisOf, measureWeight } from './measureWeight.js';
import { modelCard } from './modelCard.js';
import type { InputShapes } from './modelShapes.js';
import { modelShapes } from './modelShapes.js';

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
  /** Of the histograms; 64 where not given, 2,048 at most. */
  readonly bins?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export const defaultBins = 64;

/** Inspects an open model. A weight that cannot be read is listed without figures, with the reason. */
export async function inspection(file: InspectedFile, options: InspectionOptions): Promise<Inspection> {
  const { layers, layerCards: cards, card } = inspectStructure(file);
  const { measured, findings } = options.statistics
    ? await measureAll(layers, options)
    : { measured: undefined, findings: findingsBeforeMeasuring(layers) };
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

async function measureAll(layers: readonly Layer[], { signal, onProgress }: InspectionOptions) {
  const pending = layers.flatMap((layer) =>
    listedWeights(layer)
      .filter((weight) => !whyUnreadable(weight))
      .map((weight) => ({ layer, weight })),
  );
  const collector = new FindingsCollector(layers);
  const measured = new Map<LayerWeight, TensorStatistics | Message>();
  const known = new Map<LayerWeight['owner'], { weight: LayerWeight; statistics: TensorStatistics }>();
  const total = pending.reduce((sum, { weight }) => sum + weight.bytes, 0);
  let done = 0;
  for (const { layer, weight } of pending) {
    const shared = known.get(weight.owner);
    try {
      const statistics =
        shared && standForTheSame(shared.weight, weight)
          ? shared.statistics
          : await measureWeight(layer, weight, {
              signal,
              onProgress: (fraction) => onProgress?.((done + fraction * weight.bytes) / total),
            });
      known.set(weight.owner, { weight, statistics });
      measured.set(weight, statistics);
      collector.add({ layer, weight, statistics });
    } catch (error) {
      measured.set(weight, reasonOf(error));
    }
    done += weight.bytes;
    onProgress?.(total > 0 ? done / total : 1);
  }
  return { measured, findings: await collector.findings(signal) };
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
