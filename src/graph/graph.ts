import type { Initializer, ValueInfo } from './model.js';
import type { Node } from './node.js';

/** A place where a value is read: input `index` of `node`. */
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
 * index of producers and consumers. Uses inside the subgraphs of a node count as uses by that node (index -1).
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

  #nodes: Node[];
  #producers = new Map<string, Node>();
  #uses = new Map<string, Use[]>();

  constructor(init: GraphInit = {}) {
    this.name = init.name ?? '';
    this.docString = init.docString;
    this.inputs = init.inputs ?? [];
    this.outputs = init.outputs ?? [];
    this.valueInfos = new Map((init.valueInfos ?? []).map((info) => [info.name, info]));
    this.initializers = new Map((init.initializers ?? []).map((entry) => [entry.name, entry]));
    this.metadata = init.metadata;
    this.carried = init.carried;
    this.#nodes = [];
    for (const node of init.nodes ?? []) this.#index(node);
    this.#nodes = [...(init.nodes ?? [])];
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  producer(value: string): Node | undefined {
    return this.#producers.get(value);
  }

  uses(value: string): readonly Use[] {
    return this.#uses.get(value) ?? [];
  }

  isInput(value: string): boolean {
    return this.inputs.some((info) => info.name === value);
  }

  isOutput(value: string): boolean {
    return this.outputs.some((info) => info.name === value);
  }

  /** Adds a node at the end, or before `anchor`. Order need not be topological until `sortTopologically`. */
  add(node: Node, anchor?: Node): void {
    const at = anchor ? this.#nodes.indexOf(anchor) : this.#nodes.length;
    this.#nodes.splice(at < 0 ? this.#nodes.length : at, 0, node);
    this.#index(node);
  }

  remove(node: Node): void {
    this.removeAll([node]);
  }

  removeAll(nodes: Iterable<Node>): void {
    const gone = new Set(nodes);
    this.#nodes = this.#nodes.filter((node) => !gone.has(node));
    for (const node of gone) this.#unindex(node);
  }

  setInput(node: Node, index: number, value: string): void {
    this.#unindex(node);
    (node as MutableNode).inputs = node.inputs.map((old, i) => (i === index ? value : old));
    this.#index(node);
  }

  setOutput(node: Node, index: number, value: string): void {
    this.#unindex(node);
    (node as MutableNode).outputs = node.outputs.map((old, i) => (i === index ? value : old));
    this.#index(node);
  }

  /** Replaces the nodes' order; `nodes` must be a permutation of the present ones. */
  reorder(nodes: readonly Node[]): void {
    if (nodes.length !== this.#nodes.length || new Set([...nodes, ...this.#nodes]).size !== nodes.length) {
      throw new RangeError('reorder takes a permutation of the nodes');
    }
    this.#nodes = [...nodes];
  }

  #index(node: Node): void {
    for (const output of node.outputs) if (output !== '') this.#producers.set(output, node);
    for (const use of usesBy(node)) {
      const uses = this.#uses.get(use.value);
      if (uses) uses.push({ node, index: use.index });
      else this.#uses.set(use.value, [{ node, index: use.index }]);
    }
  }

  #unindex(node: Node): void {
    for (const output of node.outputs) if (this.#producers.get(output) === node) this.#producers.delete(output);
    for (const { value } of usesBy(node)) {
      const left = (this.#uses.get(value) ?? []).filter((use) => use.node !== node);
      if (left.length > 0) this.#uses.set(value, left);
      else this.#uses.delete(value);
    }
  }
}

/** The values a node reads: its inputs by index, and with index -1 those its subgraphs take from outside. */
function* usesBy(node: Node): Iterable<{ value: string; index: number }> {
  for (const [index, value] of node.inputs.entries()) if (value !== '') yield { value, index };
  for (const [, graph] of node.subgraphs()) for (const value of outerValues(graph)) yield { value, index: -1 };
}

/** Names that a subgraph reads and does not define. */
export function outerValues(graph: Graph): Set<string> {
  const defined = new Set([...graph.inputs.map((info) => info.name), ...graph.initializers.keys()]);
  for (const node of graph.nodes) for (const output of node.outputs) defined.add(output);
  const outer = new Set<string>();
  const read = (value: string) => {
    if (value !== '' && !defined.has(value)) outer.add(value);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(read);
    for (const [, subgraph] of node.subgraphs()) outerValues(subgraph).forEach(read);
  }
  graph.outputs.forEach((info) => read(info.name));
  return outer;
}
