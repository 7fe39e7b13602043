import { setImmediate } from 'node:timers/promises';
import type { Inference } from '../graph/inference/inference.js';
import type { Layer, SharedWeight } from '../graph/layers.js';
import { sharedWeights } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import { Diagram } from '../inspect/diagram/diagram.js';
import type { LayerCard } from '../inspect/inspection.js';
import type {
  DiagramCard,
  DiagramExpansion,
  DiagramMetric,
  DiagramMetricValues,
  DiagramPart,
} from '../protocol/diagramCalls.js';
import { layerMetric } from './diagramMetrics.js';
import { diagramParts } from './diagramParts.js';
import type { LayoutPool } from './layoutPool.js';
import type { FiguresOf } from './layerTable.js';

/** Milliseconds after which other work of the engine gets its turn. */
const workSlice = 15;

/** The graph of an open model as pages draw it. Nothing of it is made before somebody asks. */
export class ModelDiagram {
  #diagram: Promise<Diagram> | undefined;
  #shared: readonly SharedWeight[] | undefined;

  constructor(
    private readonly model: Model,
    private readonly layers: readonly Layer[],
    private readonly cards: readonly LayerCard[],
    private readonly figuresOf: FiguresOf,
    private readonly shapes: Inference,
    private readonly pool: LayoutPool,
  ) {}

  /** Lays it out and tells all of it, in parts; what was laid out before is not laid out again. */
  async layOut(
    expanded: DiagramExpansion,
    emit: (part: DiagramPart) => void,
    signal: AbortSignal,
  ): Promise<DiagramCard> {
    const rest = restingBetween(workSlice, signal);
    await rest();
    const diagram = await this.#open();
    const laidOut = await diagram.layOut(expanded, { layOutRows: this.pool.layOutRows, lanes: this.pool.lanes, rest });
    for (const part of diagramParts(laidOut, (value) => diagram.labelOf(value))) {
      emit(part);
      await rest();
    }
    return {
      expanded: laidOut.expanded,
      items: laidOut.shown.length - 1,
      edges: laidOut.edges.length,
      nodes: diagram.nodes,
      width: laidOut.boxes[2]!,
      height: laidOut.boxes[3]!,
    };
  }

  async metric(expanded: readonly string[], metric: DiagramMetric): Promise<DiagramMetricValues> {
    const { held, state } = layerMetric(
      metric,
      this.cards,
      this.figuresOf,
      (this.#shared ??= sharedWeights(this.layers)),
    );
    const values = (await this.#open()).metric(expanded, held);
    let [least, greatest] = [NaN, NaN];
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      if (!(value >= least)) least = value;
      if (!(value <= greatest)) greatest = value;
    }
    return { values, least, greatest, state };
  }

  async wayTo(layer: number): Promise<{ readonly holders: readonly string[]; readonly id: string } | null> {
    return (await this.#open()).wayTo(layer);
  }

  /** Made once for all who ask, also for those that come after one who left. */
  #open(): Promise<Diagram> {
    return (this.#diagram ??= Diagram.of(this.model, this.layers, this.shapes, restingBetween(workSlice)));
  }
}

/** Lets other work have its turn when `slice` milliseconds have passed since the last time; throws once aborted. */
function restingBetween(slice: number, signal?: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= slice) {
      await setImmediate();
      last = performance.now();
    }
    signal?.throwIfAborted();
  };
}
