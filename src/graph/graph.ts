import type { Initializer, ValueInfo } from './model.js';
import type { Node } from './node.js';
import { NodeList } from './nodeList.js';
import { WatchedMap } from './watchedMap.js';

/** A place where a value is read: input `index` of `node`; -1 where a subgraph of `node` reads it. */
export interface Use {
  readonly node: Node;
  readonly index: number;
}

export interface GraphInit {
  name?: string;
  docString?: string;
  nodes?: Node[];
  inputs?: ValueInfo[];
  outputs?: ValueInfo[];
  valueInfos?: ValueInfo[];
  initializers?: Initializer[];
  metadata?: Map<string, string>;
  carried?: unknown;
}

type MutableNode = { inputs: readonly string[]; outputs: readonly string[] };

/**
 * Nodes in file order with the values they pass by name. All structural change goes through the methods, which keep the
 * index of producers and consumers. Uses inside the subgraphs of a node count as uses by that node (index -1), and
 * follow when a subgraph is edited.
 */
export class Graph {
  name: string;
  docString?: string;
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
  readonly valueInfos: Map<string, ValueInfo>;
  readonly initializers: Map<string, Initializer>;
  metadata?: Map<string, string>;
  carried?: unknown;

  readonly #nodes: NodeList;
  /** The nodes that make a value, oldest first: more than one only between two steps of a rewrite. */
  readonly #producers = new Map<string, Node[]>();
  readonly #uses = new Map<string, Map<Node, Use[]>>();
  /** What the subgraphs of a node read from here, as it stands in `#uses`. */
  readonly #outerReads = new Map<Node, readonly string[]>();
  /** Nodes whose subgraphs were edited since `#outerReads`. */
  readonly #stale = new Set<Node>();
  #owner: { readonly graph: Graph; readonly node: Node } | undefined;

  constructor(init: GraphInit = {}) {
    this.name = init.name ?? '';
    this.docString = init.docString;
    this.inputs = init.inputs ?? [];
    this.outputs = init.outputs ?? [];
    this.valueInfos = new Map((init.valueInfos ?? []).map((info) => [info.name, info]));
    const initializers = (init.initializers ?? []).map((entry) => [entry.name, entry] as const);
    this.initializers = new WatchedMap(() => this.#changed(), initializers);
    this.metadata = init.metadata;
    this.carried = init.carried;
    this.#nodes = new NodeList(init.nodes ?? []);
    for (const node of this.nodes) this.#index(node);
  }

  /** The nodes as they stand. The array is a snapshot: editing the graph while iterating over it is safe. */
  get nodes(): readonly Node[] {
    return this.#nodes.toArray();
  }

  has(node: Node): boolean {
    return this.#nodes.has(node);
  }

  producer(value: string): Node | undefined {
    return this.#producers.get(value)?.at(-1);
  }

  /** Where nodes read the value. That it is an output of the graph is not a use: see `isOutput`. */
  uses(value: string): readonly Use[] {
    this.#refresh();
    const byNode = this.#uses.get(value);
    return byNode ? [...byNode.values()].flat() : [];
  }

  isInput(value: string): boolean {
    return this.inputs.some((info) => info.name === value);
  }

  isOutput(value: string): boolean {
    return this.outputs.some((info) => info.name === value);
  }

  /** Names that this graph reads, in its own subgraphs too, and does not define: values of the graphs around it. */
  outerValues(): Set<string> {
    this.#refresh();
    const inputs = new Set(this.inputs.map((info) => info.name));
    const outer = new Set<string>();
    const read = (value: string) => {
      if (!this.#producers.has(value) && !inputs.has(value) && !this.initializers.has(value)) outer.add(value);
    };
    for (const value of this.#uses.keys()) read(value);
    for (const info of this.outputs) read(info.name);
    return outer;
  }

  /** Adds a node at the end, or before `anchor`. Order need not be topological until `sortTopologically`. */
  add(node: Node, anchor?: Node): void {
    this.#nodes.insertBefore(anchor, node);
    this.#index(node);
    this.#changed();
  }

  insertBefore(anchor: Node, ...nodes: Node[]): void {
    for (const node of nodes) this.add(node, anchor);
  }

  insertAfter(anchor: Node, ...nodes: Node[]): void {
    for (const node of nodes) {
      this.#nodes.insertAfter(anchor, node);
      this.#index(node);
      anchor = node;
    }
    this.#changed();
  }

  remove(node: Node): void {
    this.removeAll([node]);
  }

  /** Removes nodes, and the value infos of what nothing makes any more. Nodes that are not here are passed over. */
  removeAll(nodes: Iterable<Node>): void {
    for (const node of nodes) if (this.#nodes.remove(node)) this.#unindex(node);
    this.#changed();
  }

  setInput(node: Node, index: number, value: string): void {
    const inputs = [...node.inputs];
    while (inputs.length < index) inputs.push('');
    inputs[index] = value;
    this.setInputs(node, inputs);
  }

  setInputs(node: Node, inputs: readonly string[]): void {
    this.#checkOwned(node);
    this.#removeReads(node);
    (node as MutableNode).inputs = [...inputs];
    this.#addReads(node);
    this.#changed();
  }

  setOutput(node: Node, index: number, value: string): void {
    const outputs = [...node.outputs];
    while (outputs.length < index) outputs.push('');
    outputs[index] = value;
    this.setOutputs(node, outputs);
  }

  setOutputs(node: Node, outputs: readonly string[]): void {
    this.#checkOwned(node);
    const before = node.outputs;
    (node as MutableNode).outputs = [...outputs];
    this.#removeProducts(node, before);
    this.#addProducts(node);
    for (const value of before) if (!this.#producers.has(value)) this.#forget(value);
    this.#changed();
  }

  /**
   * Makes every node that reads `value` read `replacement`, in subgraphs too unless they define the name themselves.
   * Outputs of this graph keep their names; those of subgraphs are passed by position and follow.
   */
  replaceUses(value: string, replacement: string): void {
    for (const node of new Set(this.uses(value).map((use) => use.node))) {
      if (node.inputs.includes(value)) {
        this.setInputs(
          node,
          node.inputs.map((input) => (input === value ? replacement : input)),
        );
      }
      for (const [, subgraph] of node.subgraphs()) subgraph.#replaceOuterValue(value, replacement);
    }
  }

  /** Replaces the nodes' order; `nodes` must be a permutation of the present ones. */
  reorder(nodes: readonly Node[]): void {
    this.#nodes.reorder(nodes);
  }

  /** Tells the graph that inputs or outputs were changed in place, where it is a subgraph. */
  boundaryChanged(): void {
    this.#changed();
  }

  #replaceOuterValue(value: string, replacement: string): void {
    if (!this.outerValues().has(value)) return;
    this.replaceUses(value, replacement);
    for (const info of this.outputs) if (info.name === value) info.name = replacement;
    this.#changed();
  }

  #checkOwned(node: Node): void {
    if (!this.#nodes.has(node)) throw new RangeError(`the node ${node.name ?? node.opType} is not in the graph`);
  }

  #index(node: Node): void {
    this.#addProducts(node);
    for (const [, subgraph] of node.subgraphs()) subgraph.#owner = { graph: this, node };
    this.#addReads(node);
  }

  #unindex(node: Node): void {
    this.#removeReads(node);
    this.#removeProducts(node, node.outputs);
    for (const value of node.outputs) if (!this.#producers.has(value)) this.#forget(value);
    for (const [, subgraph] of node.subgraphs()) if (subgraph.#owner?.node === node) subgraph.#owner = undefined;
    this.#stale.delete(node);
  }

  #addProducts(node: Node): void {
    for (const output of node.outputs) {
      if (output === '') continue;
      const producers = this.#producers.get(output);
      if (producers) producers.push(node);
      else this.#producers.set(output, [node]);
    }
  }

  #removeProducts(node: Node, outputs: readonly string[]): void {
    for (const output of outputs) {
      const left = this.#producers.get(output)?.filter((producer) => producer !== node) ?? [];
      if (left.length > 0) this.#producers.set(output, left);
      else this.#producers.delete(output);
    }
  }

  /** A value that nothing makes any more has no type. */
  #forget(value: string): void {
    if (!this.initializers.has(value) && !this.isInput(value)) this.valueInfos.delete(value);
  }

  #addReads(node: Node): void {
    for (const [index, value] of node.inputs.entries()) if (value !== '') this.#addUse(value, { node, index });
    const outer = new Set<string>();
    for (const [, subgraph] of node.subgraphs()) for (const value of subgraph.outerValues()) outer.add(value);
    if (outer.size === 0) return;
    this.#outerReads.set(node, [...outer]);
    for (const value of outer) this.#addUse(value, { node, index: -1 });
  }

  #removeReads(node: Node): void {
    for (const value of [...node.inputs, ...(this.#outerReads.get(node) ?? [])]) {
      const byNode = this.#uses.get(value);
      byNode?.delete(node);
      if (byNode?.size === 0) this.#uses.delete(value);
    }
    this.#outerReads.delete(node);
  }

  #addUse(value: string, use: Use): void {
    const byNode = this.#uses.get(value);
    if (!byNode) this.#uses.set(value, new Map([[use.node, [use]]]));
    else {
      const uses = byNode.get(use.node);
      if (uses) uses.push(use);
      else byNode.set(use.node, [use]);
    }
  }

  /** Marks the node that carries this graph, and outward all that carry it, to be indexed again when asked. */
  #changed(): void {
    let owner = this.#owner;
    while (owner && !owner.graph.#stale.has(owner.node)) {
      owner.graph.#stale.add(owner.node);
      owner = owner.graph.#owner;
    }
  }

  #refresh(): void {
    if (this.#stale.size === 0) return;
    const stale = [...this.#stale];
    this.#stale.clear();
    for (const node of stale) {
      this.#removeReads(node);
      this.#addReads(node);
    }
  }
}
