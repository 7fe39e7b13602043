import type { Graph } from '../../graph/graph.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import type { Scope } from '../../graph/scope.js';
import { scopesOf } from '../../graph/scope.js';
import { topologicalOrder } from '../../graph/sort.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementCount, storedBytes } from '../../tensor/elementType.js';

/** A value as it lies in memory. */
export interface StoredValue {
  readonly name: string;
  readonly scope: Scope;
}

const isQuantize = (node: Node | undefined) => node?.opType === 'QuantizeLinear';
const isDequantize = (node: Node | undefined) => node?.opType === 'DequantizeLinear';

/** Operators whose outputs differ from run to run although their inputs do not. */
const isRandom = (node: Node) => /^Random|^Bernoulli$|^Multinomial$/.test(node.opType);

/**
 * Which values lie in memory, and how large they are. A QuantizeLinear and a DequantizeLinear are taken as parts of the
 * operators beside them, which then read and write integers, as where an engine fuses them. Not so at the inputs and outputs
 * of a graph, where real numbers are asked for.
 */
export class StoredValues {
  readonly #constants = new Map<Graph, Set<string>>();
  readonly #stored = new Map<Graph, Map<string, StoredValue | undefined>>();

  constructor(
    model: Model,
    private readonly inference: Inference,
    /** Samples in one run. */
    private readonly samples: number,
  ) {
    for (const scope of scopesOf(model)) this.#constants.set(scope.graph, this.#constantsOf(scope));
  }

  /** The value that a node which reads or makes `value` really reads or writes; undefined for constants. */
  stored(scope: Scope, value: string): StoredValue | undefined {
    const known = this.#stored.get(scope.graph) ?? new Map<string, StoredValue | undefined>();
    this.#stored.set(scope.graph, known);
    if (!known.has(value)) known.set(value, this.#find(scope, value));
    return known.get(value);
  }

  #find(scope: Scope, value: string): StoredValue | undefined {
    let at = scope.definingScope(value);
    let name = value;
    while (at && !this.#constants.get(at.graph)?.has(name)) {
      const next = this.#behindDequantize(at, name) ?? this.#behindQuantize(at, name);
      if (next === undefined) return { name, scope: at };
      at = at.definingScope(next);
      name = next;
    }
    return undefined;
  }

  /** Is the value a constant, or computed from constants alone, once, when the model is loaded? */
  isConstant(scope: Scope, value: string): boolean {
    const at = scope.definingScope(value);
    return at !== undefined && this.#constants.get(at.graph)?.has(value) === true;
  }

  elementType({ scope, name }: StoredValue): ElementType | undefined {
    return this.inference.elementTypeOf(scope.graph, name);
  }

  /** Elements for one sample; null where unknown. */
  elements({ scope, name }: StoredValue): number | null {
    const shape = this.inference.shapeOf(scope.graph, name);
    if (!shape?.every((size) => typeof size === 'number')) return null;
    return elementCount(shape) / this.samples;
  }

  /** Bytes for one sample; null where unknown. */
  bytes(value: StoredValue): number | null {
    const type = this.elementType(value);
    const elements = this.elements(value);
    if (type === undefined || type === 'string' || elements === null) return null;
    return storedBytes(type, elements * this.samples) / this.samples;
  }

  /** Graphs around this one come first. */
  #constantsOf(scope: Scope): Set<string> {
    const { graph } = scope;
    const constants = new Set(graph.initializers.keys());
    const isKnown = (value: string) => value === '' || constants.has(value) || this.isConstant(scope, value);
    for (const node of topologicalOrder(graph).order) {
      const isFolded = !isRandom(node) && node.subgraphs().next().done && node.inputs.every(isKnown);
      if (isFolded) for (const value of node.outputs) constants.add(value);
    }
    return constants;
  }

  #behindDequantize(scope: Scope, value: string): string | undefined {
    const producer = scope.graph.producer(value);
    return isDequantize(producer) && !scope.graph.isOutput(value) ? producer!.inputs[0] : undefined;
  }

  #behindQuantize(scope: Scope, value: string): string | undefined {
    const { graph } = scope;
    const producer = graph.producer(value);
    if (!producer || isQuantize(producer) || graph.isOutput(value)) return undefined;
    const uses = graph.uses(value);
    if (uses.length === 0 || !uses.every(({ node, index }) => index === 0 && isQuantize(node))) return undefined;
    return uses[0]!.node.outputs[0];
  }
}
