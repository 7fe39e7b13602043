import type { Graph } from '../../graph/graph.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import type { Dimension, LocalFunction, Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { functionKey } from '../../graph/removeDead.js';
import { Scope } from '../../graph/scope.js';
import { topologicalOrder } from '../../graph/sort.js';
import { shortened } from './faces.js';
import type { Flow } from './flows.js';
import { scopedName, nameWithin, scopeWithin } from './scopedName.js';
import { scopeGroups } from './scopeGroups.js';
import type { TreeItem, ValueNumber } from './tree.js';
import { newItem } from './tree.js';
import { typeText, Values } from './values.js';

const longestSize = 10;
const stepsBetweenRests = 500;

export interface GrownTree {
  /** Of the model, and of each local function. */
  readonly roots: readonly TreeItem[];
  readonly flows: readonly Flow[];
  /** The item of each layer. */
  readonly layers: readonly TreeItem[];
  readonly values: Values;
}

/**
 * The items of a model by graphs and name scopes, and the values between them. Broken graphs grow as far as they go.
 * `rest` is awaited every few hundred nodes.
 */
export function growTree(
  model: Model,
  layers: readonly Layer[],
  shapes: Inference,
  rest: () => Promise<void>,
): Promise<GrownTree> {
  return new Grower(model, layers, shapes, rest).grow();
}

interface Body {
  readonly scope: Scope;
  readonly root: TreeItem;
}

class Grower {
  readonly #layerOf: ReadonlyMap<Node, number>;
  readonly #items: TreeItem[] = [];
  readonly #itemOf = new Map<Node, TreeItem>();
  readonly #inputs = new Map<string, TreeItem>();
  readonly #outputs: TreeItem[] = [];
  /** The item inside which a graph stands: the model's or a function's root, a body, or the node of a single body. */
  readonly #rootOf = new Map<Graph, TreeItem>();
  readonly #functions: ReadonlyMap<string, { readonly entry: LocalFunction; readonly root: TreeItem }>;
  readonly #bodies: Body[] = [];
  readonly #flows: Flow[] = [];
  readonly #values: Values;
  /** What the several bodies of a node make by turns, by output. */
  readonly #turns = new Map<TreeItem, ValueNumber[]>();
  #steps = 0;

  constructor(
    private readonly model: Model,
    private readonly layers: readonly Layer[],
    private readonly shapes: Inference,
    private readonly rest: () => Promise<void>,
  ) {
    this.#layerOf = new Map(layers.map(({ node }, index) => [node, index]));
    this.#values = new Values(shapes);
    this.#functions = new Map(
      model.functions.map((entry) => [
        functionKey(entry.domain, entry.name, entry.overload),
        { entry, root: newItem({ kind: 'root', name: entry.name }) },
      ]),
    );
  }

  async grow(): Promise<GrownTree> {
    const root = newItem({ kind: 'root' });
    const functions = [...this.#functions.values()];
    await this.#growFrom({ scope: new Scope(this.model.graph), root });
    for (const { entry, root: body } of functions)
      await this.#growFrom({ scope: new Scope(entry.graph, undefined, undefined, entry), root: body });
    for (const body of this.#bodies) await this.#connect(body);
    this.#connectOutputs();
    this.#showUncalled(root);
    return {
      roots: [root, ...functions.map((each) => each.root)],
      flows: this.#flows,
      layers: this.#items,
      values: this.#values,
    };
  }

  /** Lets others have their turn now and then. */
  async #step(): Promise<void> {
    if (++this.#steps % stepsBetweenRests === 0) await this.rest();
  }

  async #growFrom(outermost: Body): Promise<void> {
    const pending = [outermost];
    for (let body = pending.pop(); body; body = pending.pop()) {
      this.#bodies.push(body);
      this.#rootOf.set(body.scope.graph, body.root);
      const nodes = orderedNodes(body.scope.graph);
      await this.rest();
      await this.#hang(body, nodes);
      for (const node of nodes) pending.push(...this.#bodiesOf(node, body.scope));
    }
  }

  /** Makes the items of a graph and hangs them into its root, by scopes. */
  async #hang({ scope, root }: Body, nodes: readonly Node[]): Promise<void> {
    const names = nodes.map(scopedName);
    const { groups, groupOf, common } = scopeGroups(names);
    await this.#step();
    const holders: (TreeItem | undefined)[] = groups.map(() => undefined);
    const holderOf = (index: number, member: number): TreeItem => {
      const missing: number[] = [];
      let at = index;
      for (; at >= 0 && !holders[at]; at = groups[at]!.parent) missing.push(at);
      let holder = at < 0 ? root : holders[at]!;
      for (const each of missing.reverse()) {
        const { around, depth } = groups[each]!;
        const item = newItem({ kind: 'scope', name: shortened(scopeWithin(names[member]!, around, depth)) });
        holders[each] = item;
        adopt(holder, item);
        holder = item;
      }
      return holder;
    };
    const isModel = scope.graph === this.model.graph;
    const boundary = isModel ? this.#boundaryItems(nodes) : [];
    let next = 0;
    for (const [member, node] of nodes.entries()) {
      await this.#step();
      for (; next < boundary.length && boundary[next]!.position < member; next++) adopt(root, boundary[next]!.item);
      const group = groupOf[member]!;
      const name = nameWithin(names[member]!, groups[group]?.depth ?? common);
      adopt(holderOf(group, member), this.#nodeItem(node, scope.graph, shortened(name)));
    }
    for (; next < boundary.length; next++) adopt(root, boundary[next]!.item);
  }

  #nodeItem(node: Node, graph: Graph, name: string): TreeItem {
    const layer = this.#layerOf.get(node) ?? -1;
    const called = this.#functionOf(node);
    const item = newItem({
      kind: called ? 'function' : 'node',
      layer,
      op: node.opType,
      name,
      detail: shortened(this.#detailOf(node, graph, layer)),
      calls: called?.root ?? null,
    });
    this.#itemOf.set(node, item);
    if (layer >= 0) this.#items[layer] = item;
    return item;
  }

  /** The shape of its largest parameter, else of what it makes. */
  #detailOf(node: Node, graph: Graph, layer: number): string {
    const parameters = (this.layers[layer]?.weights ?? []).filter((weight) => weight.isParameter);
    const largest = parameters.reduce<(typeof parameters)[number] | undefined>(
      (most, weight) => (most && most.elements >= weight.elements ? most : weight),
      undefined,
    );
    if (largest) return largest.shape.join('×');
    const output = node.outputs.find((name) => name !== '') ?? '';
    return (this.shapes.shapeOf(graph, output) ?? []).map(shortSize).join('×');
  }

  /** Inputs and outputs of the model, each beside the first node that reads it or the one that makes it. */
  #boundaryItems(nodes: readonly Node[]): { readonly item: TreeItem; readonly position: number }[] {
    const { graph } = this.model;
    const positions = new Map(nodes.map((node, index) => [node, index]));
    const found: { item: TreeItem; position: number }[] = [];
    for (const { name } of graph.inputs) {
      if (graph.initializers.has(name) || this.#inputs.has(name)) continue;
      const readers = graph.uses(name).map(({ node }) => positions.get(node) ?? nodes.length);
      const item = newItem({ kind: 'input', name: shortened(name), detail: this.#typeOf(name) });
      this.#inputs.set(name, item);
      found.push({ item, position: readers.reduce((first, each) => Math.min(first, each), nodes.length) - 0.5 });
    }
    for (const { name } of graph.outputs) {
      const maker = graph.producer(name);
      const item = newItem({ kind: 'output', name: shortened(name), detail: this.#typeOf(name) });
      this.#outputs.push(item);
      found.push({ item, position: ((maker && positions.get(maker)) ?? nodes.length) + 0.5 });
    }
    return found.sort((a, b) => a.position - b.position);
  }

  #typeOf(name: string): string {
    return shortened(typeText(this.shapes.typeOf(this.model.graph, name)));
  }

  /** The graphs that a node carries, each with the item inside which it stands. */
  #bodiesOf(node: Node, scope: Scope): Body[] {
    const item = this.#itemOf.get(node)!;
    const scopes = scope.within(node);
    if (scopes.length === 1) return [{ scope: scopes[0]!, root: item }];
    return scopes.map((inner) => {
      const root = newItem({ kind: 'body', name: shortened(inner.owner!.attribute) });
      adopt(item, root);
      return { scope: inner, root };
    });
  }

  #functionOf(node: Node) {
    return this.#functions.get(functionKey(node.domain, node.opType, node.overload));
  }

  /** The values that the nodes of a graph read, and those that leave it. */
  async #connect({ scope, root }: Body): Promise<void> {
    const { graph } = scope;
    for (const node of graph.nodes) {
      await this.#step();
      const target = this.#itemOf.get(node);
      if (!target) continue;
      for (const [slot, name] of node.inputs.entries()) {
        if (name !== '') this.#flow(scope, name, target, this.#portInto(node, slot));
      }
    }
    if (graph === this.model.graph) return;
    for (const { name } of graph.outputs) {
      const maker = this.#makerOf(scope, name);
      if (!maker || maker.item === null) continue;
      if (maker.graph === graph) {
        const { item: source, port: sourcePort, value } = maker;
        this.#flows.push({ value, source, sourcePort, target: null, targetPort: -1, home: root });
      } else this.#flow(scope, name, root, -1);
    }
  }

  #connectOutputs(): void {
    const scope = new Scope(this.model.graph);
    for (const [index, { name }] of this.model.graph.outputs.entries()) {
      this.#flow(scope, name, this.#outputs[index]!, -1);
    }
  }

  #flow(scope: Scope, name: string, target: TreeItem, targetPort: ValueNumber): void {
    const maker = this.#makerOf(scope, name);
    if (!maker) return;
    const { item: source, port: sourcePort, value, graph } = maker;
    const home = source ? null : this.#rootOf.get(graph)!;
    this.#flows.push({ value, source, sourcePort, target, targetPort, home });
  }

  /** Who makes a value as seen from a scope; its item is null for a formal input. Undefined for constants and nobody. */
  #makerOf(scope: Scope, name: string) {
    const graph = scope.definingScope(name)?.graph;
    if (!graph || graph.initializers.has(name)) return undefined;
    const value = this.#values.of(graph, name);
    const node = graph.producer(name);
    if (node) {
      const item = this.#itemOf.get(node);
      return item && { item, port: this.#portOutOf(node, item, node.outputs.indexOf(name)), value, graph };
    }
    const item = graph === this.model.graph ? (this.#inputs.get(name) ?? null) : null;
    return { item, port: -1, value, graph };
  }

  /** By which value the body of a node, or the function that it calls, reads what the node takes in. */
  #portInto(node: Node, slot: number): ValueNumber {
    const body = this.#functionOf(node)?.entry.graph ?? onlyBody(node);
    const formal = body?.inputs[slot];
    return body && formal ? this.#values.of(body, formal.name) : -1;
  }

  /** By which value the body of a node, or the function that it calls, makes what the node gives out. */
  #portOutOf(node: Node, item: TreeItem, slot: number): ValueNumber {
    const body = this.#functionOf(node)?.entry.graph ?? onlyBody(node);
    // A Loop's body first says whether to go on.
    const made = body?.outputs[node.is('Loop') ? slot + 1 : slot];
    if (body) return made ? this.#values.of(body, made.name) : -1;
    return item.children.length > 0 ? this.#madeByTurns(node, item, slot) : -1;
  }

  #madeByTurns(node: Node, item: TreeItem, slot: number): ValueNumber {
    const known = this.#turns.get(item) ?? [];
    this.#turns.set(item, known);
    const value = (known[slot] ??= this.#values.nameless());
    for (const [index, [, graph]] of [...node.subgraphs()].entries()) {
      const made = graph.outputs[slot];
      const source = item.children[index];
      if (!made || !source) continue;
      const sourcePort = this.#values.of(graph, made.name);
      this.#flows.push({ value, source, sourcePort, target: null, targetPort: -1, home: item });
    }
    return value;
  }

  /** Functions that nobody calls stand beside the rest. */
  #showUncalled(root: TreeItem): void {
    const called = new Set([...this.#itemOf.values()].map(({ calls }) => calls));
    for (const { entry, root: body } of this.#functions.values()) {
      if (called.has(body)) continue;
      adopt(root, newItem({ kind: 'function', op: entry.name, name: shortened(entry.name), calls: body }));
    }
  }
}

function orderedNodes(graph: Graph): Node[] {
  const { order, cycle } = topologicalOrder(graph);
  return (cycle ? [...graph.nodes] : order).filter((node) => !node.is('Constant'));
}

/** A size, a symbol; `?` for what is not known, or too long an expression to stand here. */
function shortSize(size: Dimension): string {
  const text = String(size ?? '?');
  return text.length > longestSize ? '?' : text;
}

function onlyBody(node: Node): Graph | undefined {
  const bodies = [...node.subgraphs()];
  return bodies.length === 1 ? bodies[0]![1] : undefined;
}

function adopt(holder: TreeItem, item: TreeItem): void {
  item.parent = holder;
  holder.children.push(item);
}
