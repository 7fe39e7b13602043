import type { Graph } from '../../graph/graph.js';
import type { Node } from '../../graph/node.js';

/** The part of a graph that makes one value from others that are given. */
export interface Slice {
  readonly target: string;
  /** In the order of the graph. */
  readonly nodes: readonly Node[];
  /** Values that are given to it. */
  readonly given: ReadonlySet<string>;
  /** Initializers that it reads. */
  readonly constants: ReadonlySet<string>;
}

/** Cuts slices out of a graph. */
export class Slicer {
  readonly #positions: ReadonlyMap<Node, number>;
  readonly #inputs: ReadonlySet<string>;

  constructor(private readonly graph: Graph) {
    this.#positions = new Map(graph.nodes.map((node, i) => [node, i]));
    this.#inputs = new Set(graph.inputs.map(({ name }) => name));
  }

  /**
   * What makes `target`, back to the nearest values that are `known`, inputs of the graph, or constants. Of the target's own
   * values (`own`) none is taken as given. Undefined where a value comes from nowhere.
   */
  slice(target: string, known: (value: string) => boolean, own: ReadonlySet<string>): Slice | undefined {
    const nodes = new Set<Node>();
    const given = new Set<string>();
    const constants = new Set<string>();
    const seen = new Set<string>();
    const pending = [target];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (value === '' || seen.has(value)) continue;
      seen.add(value);
      const producer = this.graph.producer(value);
      if (this.graph.initializers.has(value)) constants.add(value);
      else if (this.#inputs.has(value) || (!own.has(value) && known(value))) given.add(value);
      else if (!producer) return undefined;
      else if (!nodes.has(producer)) {
        nodes.add(producer);
        pending.push(...producer.inputs);
        for (const [, body] of producer.subgraphs()) pending.push(...body.outerValues());
      }
    }
    const inOrder = [...nodes].sort((x, y) => this.#positions.get(x)! - this.#positions.get(y)!);
    return { target, nodes: inOrder, given, constants };
  }
}
