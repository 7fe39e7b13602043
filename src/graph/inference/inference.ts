import type { Message } from '../../messages/message.js';
import type { ElementType } from '../../tensor/elementType.js';
import type { Graph } from '../graph.js';
import type { Dimension, ValueType } from '../model.js';
import type { Node } from '../node.js';
import type { Fact } from './fact.js';
import type { Size } from './size.js';
import { toDimension } from './size.js';

/** A node the shapes of whose outputs are not, or not all, known. */
export interface UnresolvedNode {
  readonly node: Node;
  readonly graph: Graph;
  readonly reason: Message;
}

/** What shape inference found. */
export class Inference {
  constructor(
    private readonly facts: ReadonlyMap<Graph, ReadonlyMap<string, Fact>>,
    private readonly parents: ReadonlyMap<Graph, Graph>,
    private readonly macs: ReadonlyMap<Node, Size | undefined>,
    private readonly total: Size | undefined,
    readonly unresolved: readonly UnresolvedNode[],
    private readonly contradictory: ReadonlySet<Graph>,
  ) {}

  /** False for a subgraph in which sizes contradict each other: no run takes it. */
  canRun(graph: Graph): boolean {
    return !this.contradictory.has(graph);
  }

  /** The type of a value as seen from a graph of the model; undefined where not even the element type is known. */
  typeOf(graph: Graph, value: string): ValueType | undefined {
    const elementType = this.elementTypeOf(graph, value);
    return elementType && { kind: 'tensor', elementType, shape: this.shapeOf(graph, value) };
  }

  elementTypeOf(graph: Graph, value: string): ElementType | undefined {
    return this.#fact(graph, value)?.elementType;
  }

  /** Sizes, expressions in symbols, and undefined for what depends on data; undefined where the rank is not known. */
  shapeOf(graph: Graph, value: string): readonly Dimension[] | undefined {
    return this.#fact(graph, value)?.shape?.map(toDimension);
  }

  /** Elements of small tensors that follow from shapes and constants. */
  elementsOf(graph: Graph, value: string): readonly Dimension[] | undefined {
    return this.#fact(graph, value)?.elements?.map((each) => (each === undefined ? undefined : toDimension(each)));
  }

  /**
   * Multiply-accumulates of one run of a node, its subgraphs and its local function's body not included. 0 for operators
   * that multiply no matrices; null where the shapes or the operator are not known.
   */
  macsOf(node: Node): number | null {
    return numberOrNull(this.macs.get(node));
  }

  /** Of one run of the model, of an If the costlier branch; null where a node's are not known. */
  get totalMacs(): number | null {
    return numberOrNull(this.total);
  }

  #fact(graph: Graph, value: string): Fact | undefined {
    for (let at: Graph | undefined = graph; at; at = this.parents.get(at)) {
      const fact = this.facts.get(at)?.get(value);
      if (fact) return fact;
    }
    return undefined;
  }
}

const numberOrNull = (size: Size | undefined) => (typeof size === 'number' ? size : null);
