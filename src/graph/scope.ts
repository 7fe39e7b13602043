import type { Graph } from './graph.js';
import type { LocalFunction, Model } from './model.js';
import type { Node } from './node.js';

/** A graph together with the graphs around it, whose values it may read. */
export class Scope {
  #inputs: Set<string> | undefined;

  constructor(
    readonly graph: Graph,
    /** The scope around a subgraph; undefined for a model's or a function's own graph. */
    readonly parent?: Scope,
    /** The node that carries the subgraph, and the name of its attribute. */
    readonly owner?: { readonly node: Node; readonly attribute: string },
    /** The local function whose body this is or lies in. */
    readonly localFunction?: LocalFunction,
  ) {}

  /** Does this graph itself define the value: as an input, an initializer, or by a node? */
  defines(value: string): boolean {
    this.#inputs ??= new Set(this.graph.inputs.map((info) => info.name));
    return this.#inputs.has(value) || this.graph.initializers.has(value) || this.graph.producer(value) !== undefined;
  }

  /** The innermost scope, from here outward, that defines the value. */
  definingScope(value: string): Scope | undefined {
    if (value === '') return undefined;
    let scope: Scope | undefined = this as Scope;
    while (scope && !scope.defines(value)) scope = scope.parent;
    return scope;
  }

  /** The scopes of a node's subgraphs. */
  within(node: Node): Scope[] {
    return [...node.subgraphs()].map(
      ([attribute, graph]) => new Scope(graph, this, { node, attribute }, this.localFunction),
    );
  }
}

/** The scopes of a model's graph and of its local functions' bodies, in file order, without those nested in them. */
export function outermostScopes(model: Model): Scope[] {
  return [
    new Scope(model.graph),
    ...model.functions.map((entry) => new Scope(entry.graph, undefined, undefined, entry)),
  ];
}

/** Every node of a scope in file order, each followed by the nodes of its subgraphs. Deep nesting costs no stack. */
export function* nodesWithin(outermost: Scope): Generator<{ node: Node; scope: Scope }> {
  const stack = [{ scope: outermost, nodes: outermost.graph.nodes, next: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const node = top.nodes[top.next++];
    if (!node) {
      stack.pop();
      continue;
    }
    yield { node, scope: top.scope };
    for (const scope of top.scope.within(node).reverse()) stack.push({ scope, nodes: scope.graph.nodes, next: 0 });
  }
}

/** Every node of a model, of subgraphs and of local functions too, in file order. */
export function* nodesOf(model: Model): Generator<{ node: Node; scope: Scope }> {
  for (const scope of outermostScopes(model)) yield* nodesWithin(scope);
}

/** Every graph of a model: its own, those of its local functions, and all nested in them, outer before inner. */
export function* scopesOf(model: Model): Generator<Scope> {
  const stack = outermostScopes(model).reverse();
  for (let scope = stack.pop(); scope; scope = stack.pop()) {
    yield scope;
    for (const node of scope.graph.nodes) stack.push(...scope.within(node));
  }
}
