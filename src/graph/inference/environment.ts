import type { Graph } from '../graph.js';
import type { Attribute, LocalFunction } from '../model.js';
import { Node } from '../node.js';
import type { Fact } from './fact.js';

/** The values of a graph under inference, and those of the graphs around it. */
export class Environment {
  readonly facts = new Map<string, Fact>();

  constructor(
    readonly graph: Graph,
    readonly opsets: ReadonlyMap<string, number>,
    readonly parent?: Environment,
    /** Inside a local function: the attributes of the call. */
    readonly attributes?: ReadonlyMap<string, Attribute>,
    /** Levels of subgraphs and calls around it. */
    readonly depth: number = 0,
  ) {}

  get(value: string): Fact {
    let environment: Environment | undefined = this as Environment;
    while (environment) {
      const fact = environment.facts.get(value);
      if (fact) return fact;
      environment = environment.parent;
    }
    return {};
  }

  within(body: Graph): Environment {
    return new Environment(body, this.opsets, this, this.attributes, this.depth + 1);
  }

  calling(callee: LocalFunction, call: Node): Environment {
    const attributes = new Map([...callee.attributeDefaults, ...call.attributes]);
    return new Environment(callee.graph, callee.opsets, undefined, attributes, this.depth + 1);
  }

  /** The node with the parameters of the enclosing function replaced by the attributes of the call. */
  bind(node: Node): Node {
    if (![...node.attributes.values()].some(({ kind }) => kind === 'reference')) return node;
    const attributes = new Map<string, Attribute>();
    for (const [name, attribute] of node.attributes) {
      const bound = attribute.kind === 'reference' ? this.attributes?.get(attribute.value) : attribute;
      if (bound) attributes.set(name, bound);
    }
    return new Node({ ...node, inputs: [...node.inputs], outputs: [...node.outputs], attributes });
  }
}
