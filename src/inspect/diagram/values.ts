import type { Inference } from '../../graph/inference/inference.js';
import type { Graph } from '../../graph/graph.js';
import type { ValueType } from '../../graph/model.js';
import { shortened } from './faces.js';
import type { ValueNumber } from './tree.js';

/** Numbers the values of all graphs of a model. */
export class Values {
  readonly #byGraph = new Map<Graph, Map<string, ValueNumber>>();
  readonly #named: ({ readonly graph: Graph; readonly name: string } | null)[] = [];

  constructor(private readonly shapes: Inference) {}

  of(graph: Graph, name: string): ValueNumber {
    let names = this.#byGraph.get(graph);
    if (!names) this.#byGraph.set(graph, (names = new Map()));
    let number = names.get(name);
    if (number === undefined) {
      number = this.#named.length;
      names.set(name, number);
      this.#named.push({ graph, name });
    }
    return number;
  }

  /** One that has no name of its own: what branches make by turns. */
  nameless(): ValueNumber {
    return this.#named.push(null) - 1;
  }

  label(value: ValueNumber): string {
    const named = this.#named[value];
    if (!named) return '';
    const type = typeText(this.shapes.typeOf(named.graph, named.name));
    return type === '' ? shortened(named.name) : `${shortened(named.name)} ${type}`;
  }
}

/** `float32[1,64,56,56]`; '' where not known. */
export function typeText(type: ValueType | undefined): string {
  if (type?.kind !== 'tensor' && type?.kind !== 'sparse') return type?.kind ?? '';
  return type.shape ? `${type.elementType}[${type.shape.map((size) => size ?? '?').join(',')}]` : type.elementType;
}
