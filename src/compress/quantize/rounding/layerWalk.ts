/** The weights to be rounded, layer by layer as numbers pass through the model. */
import { layersOf } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import type { SentenceId } from '../../../messages/catalog.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { isFloat8 } from '../integerRange.js';
import type { Codes } from '../weights.js';
import { dequantizeArray, codesOf } from '../weights.js';
import type { RowGrid } from './grid.js';
import { rowGrid } from './grid.js';
import type { ProductLayer } from './productLayer.js';
import { fromRows, productLayer, toRows } from './productLayer.js';
import type { RoundedWeight, RoundingTask } from './rounding.js';

/** A weight that is to be rounded, and the layer that reads it. */
export interface LayerTask {
  readonly task: RoundingTask;
  readonly layer: ProductLayer;
  /** The weight in the order of rows, and the grid of each of its elements. */
  readonly rows: Float32Array;
  readonly grid: RowGrid;
}

/** Why weights are rounded to the nearest all the same, by the names of the layers. */
export class LeftToNearest {
  readonly #names = new Map<SentenceId, string[]>();
  readonly #nameOf: ReadonlyMap<unknown, string>;

  constructor(model: Model) {
    this.#nameOf = new Map(layersOf(model).map(({ node, name }) => [node, name]));
  }

  add({ readers, weight }: RoundingTask, reason: SentenceId): void {
    const names = readers.map((node) => this.#nameOf.get(node) ?? weight);
    this.#names.set(reason, [...(this.#names.get(reason) ?? []), ...(names.length > 0 ? names : [weight])]);
  }

  notes(): Message[] {
    return [...this.#names].map(([reason, names]) => sentence(reason, { layers: names.join(', ') }));
  }
}

/** The tasks that a layer-wise rounding can treat, in the order in which the model computes their layers. */
export function layerTasks(model: Model, tasks: readonly RoundingTask[], left: LeftToNearest): LayerTask[] {
  const place = new Map(model.graph.nodes.map((node, i) => [node, i]));
  const treated: LayerTask[] = [];
  for (const task of tasks) {
    const layer = isFloat8(task.parameters.type)
      ? 'compress.quantize.rounding.left.float8'
      : productLayer(model.graph, task);
    if (typeof layer === 'string') left.add(task, layer);
    else treated.push({ task, layer, rows: toRows(layer, task.data), grid: rowGrid(layer, task) });
  }
  return treated.sort((a, b) => place.get(a.layer.node)! - place.get(b.layer.node)!);
}

/** The weight of steps (integers less the zero point) that are in the order of rows. */
export function fromSteps(
  { task, layer, grid }: LayerTask,
  steps: Float32Array,
  parameters = task.parameters,
): RoundedWeight {
  const integers = steps.map((step, i) => step + grid.zeroPoints[i]!);
  return { codes: fromRows<Codes>(layer, integers, codesOf(parameters.type, steps.length)), parameters };
}

/** The real numbers that a rounded weight stands for. */
export function realWeight({ shape }: RoundingTask, { codes, parameters }: RoundedWeight): Float32Array {
  return dequantizeArray(codes, shape, parameters);
}
