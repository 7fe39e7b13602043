import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { diagramTree } from './diagramTree.js';
import type { DiagramEdge } from './edges.js';
import { routeEdges } from './edges.js';
import type { LayoutMeans } from './layoutDiagram.js';
import { FrameLayouts, layoutDiagram } from './layoutDiagram.js';
import type { HeldMetric } from './metrics.js';
import { valuesByItem } from './metrics.js';
import type { Shown } from './shown.js';
import { chosenExpansion, isExpandable, shownItems, wayTo, wholeExpansion } from './shown.js';
import type { DiagramTree, ValueNumber } from './tree.js';

export interface LaidOutDiagram {
  /** Ids that are expanded. */
  readonly expanded: readonly string[];
  /** The first is the model itself, which holds the rest. */
  readonly shown: readonly Shown[];
  /** Left, top, width and height of each of `shown`, absolute. */
  readonly boxes: Float64Array;
  readonly edges: readonly DiagramEdge[];
}

/** The diagram of a model. Its hierarchy is built once, and layouts are kept from one expansion to the next. */
export class Diagram {
  readonly #tree: DiagramTree;
  readonly #layouts = new FrameLayouts();

  private constructor(tree: DiagramTree) {
    this.#tree = tree;
  }

  /** `rest` is awaited between steps. */
  static async of(
    model: Model,
    layers: readonly Layer[],
    shapes: Inference,
    rest: () => Promise<void>,
  ): Promise<Diagram> {
    return new Diagram(await diagramTree(model, layers, shapes, rest));
  }

  /** Nodes of the whole model, Constants left out, bodies included. */
  get nodes(): number {
    return this.#tree.nodes;
  }

  /** Frames that had to be laid out by now. */
  get framesLaidOut(): number {
    return this.#layouts.made;
  }

  /** Lays out what shows when these ids are expanded; null for what fits on a screen. */
  async layOut(expanded: readonly string[] | 'all' | null, means: LayoutMeans): Promise<LaidOutDiagram> {
    const ids = this.#expansion(expanded);
    const shown = shownItems(this.#tree, new Set(ids));
    const layout = await layoutDiagram(shown, this.#layouts, means);
    const edges = await routeEdges(shown, layout, means.rest);
    return { expanded: ids, shown, boxes: layout.boxes, edges };
  }

  /** The values of a metric for what shows when these ids are expanded, in the order of `layOut`, without the first. */
  metric(expanded: readonly string[], metric: HeldMetric): Float64Array {
    const values = valuesByItem(this.#tree, metric);
    const shown = shownItems(this.#tree, new Set(expanded));
    return Float64Array.from(shown.slice(1), ({ item }) => values[item.number]!);
  }

  /** What must be expanded for a layer to show, outer first, and its id; null where it lies nowhere. */
  wayTo(layer: number): { readonly holders: readonly string[]; readonly id: string } | null {
    return wayTo(this.#tree, layer);
  }

  labelOf(value: ValueNumber): string {
    return this.#tree.labelOf(value);
  }

  #expansion(expanded: readonly string[] | 'all' | null): string[] {
    if (expanded === null) return chosenExpansion(this.#tree);
    if (expanded === 'all') return wholeExpansion(this.#tree);
    return [...new Set(expanded)].filter((id) => isExpandable(this.#tree, id));
  }
}
