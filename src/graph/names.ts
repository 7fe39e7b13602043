import type { Model } from './model.js';
import { scopesOf } from './scope.js';

/** Fresh names for what a rewrite adds. Values and initializers share one space of names, nodes have another. */
export class Names {
  readonly #values = new Set<string>();
  readonly #nodes = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** Knows every name of the model, of subgraphs and local functions too; make it anew after other code added some. */
  constructor(model: Model) {
    for (const { graph } of scopesOf(model)) {
      for (const { name } of [...graph.inputs, ...graph.outputs]) this.#values.add(name);
      for (const name of [...graph.valueInfos.keys(), ...graph.initializers.keys()]) this.#values.add(name);
      for (const node of graph.nodes) {
        if (node.name) this.#nodes.add(node.name);
        for (const value of [...node.inputs, ...node.outputs]) this.#values.add(value);
      }
    }
  }

  /** A name for a value or an initializer: `base`, or `base_1`, `base_2` … where it is taken. */
  value(base: string): string {
    return this.#fresh(base, this.#values);
  }

  /** A name for a node. */
  node(base: string): string {
    return this.#fresh(base, this.#nodes);
  }

  #fresh(base: string, taken: Set<string>): string {
    let name = base;
    while (name === '' || taken.has(name)) {
      const count = (this.#counts.get(base) ?? 0) + 1;
      this.#counts.set(base, count);
      name = `${base}_${count}`;
    }
    taken.add(name);
    return name;
  }
}
