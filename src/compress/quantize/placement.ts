/** Which values of a graph are quantized, and how, before any number is known. */
import type { Graph } from '../../graph/graph.js';
import type { Node } from '../../graph/node.js';
import type { ActivationFormat, LayerSettings, WeightFormat } from './layerSettings.js';

/** How a value is to be quantized. */
export type Mark = ActivationMark | WeightMark;

interface ActivationMark {
  readonly kind: 'activation';
  readonly format: ActivationFormat;
  readonly axis?: undefined;
  readonly blockSize?: undefined;
  /** The value whose scale and zero point it shares: the operator between only moves elements. */
  readonly sharedWith?: string;
}

interface WeightMark {
  readonly kind: 'weight';
  readonly format: WeightFormat;
  /** The axis along which scales change. */
  readonly axis?: number;
  /** Elements along it that share a scale. */
  readonly blockSize?: number;
  readonly sharedWith?: undefined;
}

/** The axes of a weight: of its output channels, where each may have a scale, and of what is summed up, where blocks may. */
export interface WeightAxes {
  readonly channels?: number;
  readonly reduced?: number;
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
  /** Does the operator set have scales per channel? */
  readonly hasChannelScales: boolean;
  /** As onnxruntime's quantizer does it, its mistakes included. */
  readonly exact: boolean;
  /** Is the value a tensor of float32 numbers? */
  isFloat(value: string): boolean;
  /** The single number that a constant holds; undefined for anything else. */
  numberOf(value: string): number | undefined;
  /** Is the value's range or grid set by hand? */
  isOverridden(value: string): boolean;
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

  #settings: LayerSettings = { activations: null, weights: null, integerBias: false };

  constructor(readonly context: PlacementContext) {}

  /** Marks that follow are those of a node with these settings. */
  enter(settings: LayerSettings): void {
    this.#settings = settings;
  }

  isMarked(value: string): boolean {
    return this.marks.has(value) || this.biases.has(value);
  }

  isInitializer(value: string): boolean {
    return this.context.graph.initializers.has(value);
  }

  /** A value that several layers quantize has the widest of the types that they ask for. */
  activation(value: string): void {
    const { activations: format } = this.#settings;
    if (!format) return;
    const known = this.marks.get(value);
    if (!known) this.#mark(value, { kind: 'activation', format });
    else if (known.kind === 'activation' && known.sharedWith === undefined && format.bits > known.format.bits) {
      this.marks.set(value, { kind: 'activation', format });
    }
  }

  /** Gives `output` the scale and zero point of `input`. */
  sameAs(output: string, input: string): void {
    const { activations: format } = this.#settings;
    if (!format || !this.context.isFloat(output)) return;
    const source = this.marks.get(input);
    if (source?.axis !== undefined && !this.context.exact) this.activation(output);
    else this.marks.set(output, { kind: 'activation', format, sharedWith: input });
  }

  /** A factor: where it is a constant, with scales along its axes if asked for and possible. */
  weight(value: string, axes: WeightAxes): void {
    const { weights: format } = this.#settings;
    const { isFloat, exact, graph } = this.context;
    const shape = graph.initializers.get(value)?.tensor.shape;
    if (!shape) this.activation(value);
    if (!shape || !format) return;
    const layout = this.#scalesAlong(format, shape, axes);
    // Other values may share the scale of one that is marked as an activation: onnxruntime's quantizer forgets that.
    if (layout.axis === undefined || (!exact && this.marks.has(value))) this.#mark(value, { kind: 'weight', format });
    else if (isFloat(value)) this.marks.set(value, { kind: 'weight', format, ...layout });
  }

  #scalesAlong(
    { perChannel, blockSize }: WeightFormat,
    shape: readonly number[],
    { channels, reduced }: WeightAxes,
  ): Pick<WeightMark, 'axis' | 'blockSize'> {
    const { exact, hasChannelScales } = this.context;
    if (blockSize !== undefined) {
      // onnxruntime makes blocks along the axis of the channels.
      const axis = exact ? (perChannel ? channels : 0) : reduced;
      if (axis !== undefined && axis < shape.length && (exact || (shape[axis] ?? 0) >= blockSize))
        return { axis, blockSize };
    }
    if (!perChannel || !hasChannelScales || channels === undefined || channels >= shape.length) return {};
    return { axis: channels };
  }

  /** The bias of `node`. Only a constant one can be quantized; another stays float: then false. */
  bias(node: Node, index: number, input: string, weight: string, beta = 1): boolean {
    const { graph, isFloat, copyName } = this.context;
    if (!this.#settings.integerBias) return false;
    let name = node.inputs[index] ?? '';
    const initializer = graph.initializers.get(name);
    if (!initializer || !isFloat(name)) return false;
    if (this.biases.has(name)) {
      name = copyName(name);
      graph.initializers.set(name, { ...initializer, name });
      graph.setInput(node, index, name);
    }
    this.biases.set(name, { input, weight, beta });
    return true;
  }

  /**
   * Removes a Relu or Clip and lets the producer of its input write its output: QuantizeLinear cuts off what the node
   * would. Only where the input has no other reader and the zero point is free to be the least integer.
   */
  absorb(node: Node): boolean {
    const { graph, exact, isFloat, isOverridden } = this.context;
    const { activations: format } = this.#settings;
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const producer = graph.producer(input);
    if (!format || format.symmetric || isOverridden(input) || isOverridden(output)) return false;
    if (!producer || !isFloat(output) || graph.isOutput(input)) return false;
    if (graph.uses(input).filter((use) => !exact || use.index >= 0).length !== 1) return false;
    // A subgraph would read the real numbers from before the integers cut them off.
    if (!exact && graph.uses(output).some((use) => use.index < 0)) return false;
    if (!exact && !this.#saturationClips(node, format)) return false;
    graph.remove(node);
    graph.setOutputs(
      producer,
      producer.outputs.map((name) => (name === input ? output : name)),
    );
    this.marks.delete(input);
    this.absorbed.set(node, producer);
    return true;
  }

  /**
   * A range always holds zero, so that bounds are only kept by saturation where zero lies between them, and where the
   * integers end where the range does.
   */
  #saturationClips(node: Node, { restricted, powerOfTwo }: ActivationFormat): boolean {
    if (node.is('Relu')) return true;
    if (restricted || powerOfTwo) return false;
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
