/** Which values of a graph are quantized, and how, before any number is known. */
import type { Graph } from '../../graph/graph.js';
import type { Node } from '../../graph/node.js';

/** How a value is to be quantized. */
export interface Mark {
  readonly kind: 'activation' | 'weight';
  /** The channels' axis, for a constant that is quantized per channel. */
  readonly axis?: number;
  /** The value whose scale and zero point it shares: the operator between only moves elements. */
  readonly sharedWith?: string;
}

/** A bias is quantized to int32 by the scales of its node's other inputs. */
export interface BiasMark {
  readonly input: string;
  readonly weight: string;
  /** Gemm's factor for it, which its node has no more. */
  readonly beta: number;
}

/** What is known of the graph, and what is asked for. */
export interface PlacementContext {
  readonly graph: Graph;
  readonly opset: number;
  readonly perChannel: boolean;
  readonly symmetricActivations: boolean;
  /** As onnxruntime's quantizer does it, its mistakes included. */
  readonly exact: boolean;
  /** Is the value a tensor of float32 numbers? */
  isFloat(value: string): boolean;
  /** The single number that a constant holds; undefined for anything else. */
  numberOf(value: string): number | undefined;
  /** A name for a copy of an initializer. */
  copyName(initializer: string): string;
}

/**
 * Collects marks while operators are visited in file order. Where a Relu or Clip can be left to the saturation of
 * QuantizeLinear, it edits the graph at once, because later operators see the change.
 */
export class Placement {
  /** In the order in which they are to be carried out. */
  readonly marks = new Map<string, Mark>();
  readonly biases = new Map<string, BiasMark>();
  /** Relu and Clip nodes that were removed, and the node that now writes their output. */
  readonly absorbed = new Map<Node, Node>();

  constructor(readonly context: PlacementContext) {}

  isMarked(value: string): boolean {
    return this.marks.has(value) || this.biases.has(value);
  }

  isInitializer(value: string): boolean {
    return this.context.graph.initializers.has(value);
  }

  activation(value: string): void {
    this.#mark(value, { kind: 'activation' });
  }

  /** Gives `output` the scale and zero point of `input`. */
  sameAs(output: string, input: string): void {
    if (!this.context.isFloat(output)) return;
    const perChannel = this.marks.get(input)?.axis !== undefined;
    if (perChannel && !this.context.exact) this.activation(output);
    else this.marks.set(output, { kind: 'activation', sharedWith: input });
  }

  /** A constant factor, per channel of `axis` where that is asked for and possible; else a value like any other. */
  weight(value: string, axis: number | undefined): void {
    const shape = this.context.graph.initializers.get(value)?.tensor.shape;
    const perChannel = this.context.perChannel && shape && axis !== undefined && axis < shape.length;
    // Other values may share the scale of one that is marked as an activation: onnxruntime's quantizer forgets that.
    if (!perChannel || (!this.context.exact && this.marks.has(value))) this.#mark(value, { kind: 'weight' });
    else if (this.context.isFloat(value)) this.marks.set(value, { kind: 'weight', axis });
  }

  /** The bias of `node`. Only a constant one can be quantized; another stays float. */
  bias(node: Node, index: number, input: string, weight: string, beta = 1): void {
    const { graph, isFloat, copyName } = this.context;
    let name = node.inputs[index] ?? '';
    const initializer = graph.initializers.get(name);
    if (!initializer || !isFloat(name)) return;
    if (this.biases.has(name)) {
      name = copyName(name);
      graph.initializers.set(name, { ...initializer, name });
      graph.setInput(node, index, name);
    }
    this.biases.set(name, { input, weight, beta });
  }

  /**
   * Removes a Relu or Clip and lets the producer of its input write its output: QuantizeLinear cuts off what the node
   * would. Only where the input has no other reader and the zero point is free to be the least integer.
   */
  absorb(node: Node): boolean {
    const { graph, exact, isFloat, symmetricActivations } = this.context;
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const producer = graph.producer(input);
    if (symmetricActivations || !producer || !isFloat(output) || graph.isOutput(input)) return false;
    if (graph.uses(input).filter((use) => !exact || use.index >= 0).length !== 1) return false;
    if (!exact && !this.#saturationClips(node)) return false;
    graph.remove(node);
    graph.setOutputs(
      producer,
      producer.outputs.map((name) => (name === input ? output : name)),
    );
    this.marks.delete(input);
    this.absorbed.set(node, producer);
    return true;
  }

  /** A range always holds zero, so that bounds are only kept by saturation where zero lies between them. */
  #saturationClips(node: Node): boolean {
    if (node.is('Relu')) return true;
    const bound = (index: number, attribute: string, fallback: number): number | undefined => {
      const value = node.inputs[index];
      if (value) return this.context.numberOf(value);
      return node.float(attribute, fallback);
    };
    const low = bound(1, 'min', -Infinity);
    const high = bound(2, 'max', Infinity);
    return low !== undefined && high !== undefined && low <= 0 && high >= 0;
  }

  #mark(value: string, mark: Mark): void {
    const { graph, isFloat } = this.context;
    const passesThrough = graph.isInput(value) && graph.isOutput(value);
    if (isFloat(value) && !passesThrough && !this.marks.has(value)) this.marks.set(value, mark);
  }
}
