/** Rewriting a graph so that operators work on integers: QOperator format and dynamic quantization have it in common. */
import type { Graph } from '../../graph/graph.js';
import { intAttribute, Node } from '../../graph/node.js';
import type { Tensor } from '../../tensor/tensor.js';

/** The names under which a value's integers, their scale and their zero point lie. */
export interface QuantizedValue {
  readonly integers: string;
  readonly scale: string;
  readonly zeroPoint: string;
  /** The channels' axis where each has a scale. */
  readonly axis?: number;
}

export interface IntegerGraphStyle {
  /** As onnxruntime's quantizer does it, its mistakes included. */
  readonly exact: boolean;
  dequantizeNode(value: string): string | undefined;
}

/**
 * The nodes that take the place of a graph's own, in order. A value may exist as integers, as real numbers, or both; real
 * numbers are made of integers once, where a node reads them.
 */
export class IntegerGraph<Value extends QuantizedValue = QuantizedValue> {
  readonly #nodes: Node[] = [];
  readonly #quantized = new Map<string, Value>();
  /** Values that exist as they are: graph inputs, and what the nodes so far write. */
  readonly #written: Set<string>;

  constructor(
    readonly graph: Graph,
    readonly style: IntegerGraphStyle,
  ) {
    const inputs = graph.inputs.map((info) => info.name);
    this.#written = new Set(inputs.filter((name) => !graph.initializers.has(name)));
  }

  quantized(value: string): Value | undefined {
    return this.#quantized.get(value);
  }

  define(value: string, quantized: Value): void {
    this.#quantized.set(value, quantized);
  }

  emit(...nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.#nodes.push(node);
      for (const output of node.outputs) this.#written.add(output);
    }
  }

  /** A node that stays as it is, reading real numbers; so do the graphs inside it. onnxruntime forgets those. */
  keep(node: Node): void {
    for (const input of node.inputs) this.dequantize(input);
    if (!this.style.exact) {
      for (const [, subgraph] of node.subgraphs()) for (const value of subgraph.outerValues()) this.dequantize(value);
    }
    this.emit(node);
  }

  /** Makes the real numbers of a value that exists only as integers. */
  dequantize(value: string): void {
    const stored = this.#quantized.get(value);
    if (!stored || this.#written.has(value)) return;
    // A constant that is quantized for one node stays as it is for the others; the reference lets them read it back.
    if (!this.style.exact && this.graph.initializers.has(value)) return;
    this.emit(
      new Node({
        opType: 'DequantizeLinear',
        name: this.style.dequantizeNode(value),
        inputs: [stored.integers, stored.scale, stored.zeroPoint],
        outputs: [value],
        attributes: new Map(stored.axis === undefined ? [] : [['axis', intAttribute(stored.axis)]]),
      }),
    );
  }

  /** As in the reference, an initializer of that name that is there already stays. */
  initializer(name: string, tensor: Tensor): string {
    if (!this.graph.initializers.has(name)) this.graph.initializers.set(name, { name, tensor });
    return name;
  }

  /** Makes the real numbers of the graph's outputs and puts the new nodes in the place of the old ones. */
  finish(): void {
    for (const { name } of this.graph.outputs) this.dequantize(name);
    this.graph.removeAll(this.graph.nodes);
    for (const node of this.#nodes) this.graph.add(node);
  }
}
