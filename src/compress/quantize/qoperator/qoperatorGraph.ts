/**
 * A graph that becomes one of operators on integers (QOperator format; onnxruntime, onnx_quantizer.py, mode QLinearOps).
 * Nodes and names are made at once; the numbers of constants are filled in at the end, when their rounding is known.
 */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { Node } from '../../../graph/node.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { IntegerGraph } from '../integerGraph.js';
import type { QuantizedType } from '../integerRange.js';
import type { QuantizeOptions } from '../options.js';
import { areWeightsSymmetric, isExact } from '../options.js';
import { roundHalfToEven } from '../parameters.js';
import { floatsOf, tensorFrom } from '../tensors.js';
import type { ValueParameters } from '../valueParameters.js';
import type { ConstantUse } from '../constantParameters.js';
import { constantParameters } from '../constantParameters.js';
import type { QOperatorNaming } from './naming.js';
import type { Operand, PlannedBias, PlannedConstant } from './operand.js';

export interface QOperatorRequest {
  readonly graph: Graph;
  readonly opset: number;
  readonly options: QuantizeOptions;
  readonly naming: QOperatorNaming;
  /** Is the value a tensor of float32 numbers? */
  readonly isFloat: (value: string) => boolean;
  /** The single number that a constant holds; undefined for anything else. */
  readonly numberOf: (value: string) => number | undefined;
  /** The grid of an activation; undefined where nothing is known of its range. */
  readonly activation: (value: string) => ValueParameters | undefined;
}

export const microsoft = 'com.microsoft';

/** What of an operator on integers differs from the node whose place it takes. */
export interface IntegerOperator {
  readonly opType: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly attributes?: Map<string, Attribute>;
}

export class QOperatorGraph {
  readonly exact: boolean;
  readonly integer: IntegerGraph<Operand>;
  readonly constants: PlannedConstant[] = [];
  readonly biases: PlannedBias[] = [];
  /** The nodes whose form changed, each with the one in its place: of a Relu that vanished, the one that writes its input. */
  readonly changed = new Map<Node, Node>();
  readonly absorbed = new Set<Node>();
  /** Constants by name and use; the reference knows one use of each. */
  readonly #constants = new Map<string, PlannedConstant>();
  readonly #biases = new Map<string, PlannedBias>();
  readonly #zeroPoints = new Map<string, string>();
  /** The node that computes the integers of each value. */
  readonly #producers = new Map<string, Node>();

  constructor(readonly request: QOperatorRequest) {
    this.exact = isExact(request.options);
    const { dequantizeNode } = request.naming;
    this.integer = new IntegerGraph<Operand>(request.graph, { exact: this.exact, dequantizeNode });
  }

  get options(): QuantizeOptions {
    return this.request.options;
  }

  isFloat(value: string): boolean {
    return this.request.isFloat(value);
  }

  isConstant(value: string): boolean {
    return this.request.graph.initializers.has(value);
  }

  shapeOf(constant: string): readonly number[] | undefined {
    return this.request.graph.initializers.get(constant)?.tensor.shape;
  }

  /** The integers of a value that exist already. */
  quantized(value: string): Operand | undefined {
    return this.integer.quantized(value);
  }

  /** Can the value be had as integers? */
  canRead(value: string): boolean {
    if (this.quantized(value)) return true;
    return this.isFloat(value) && (this.isConstant(value) || this.request.activation(value) !== undefined);
  }

  /** A value as integers of the type of activations: those that exist, or a constant, or the real numbers quantized. */
  async read(value: string): Promise<Operand> {
    const known = this.quantized(value);
    if (known) return known;
    if (this.isConstant(value)) {
      return this.#constant(value, { isWeight: false, type: this.options.activationType as QuantizedType });
    }
    const operand = this.#measured(value);
    const quantizer = new Node({
      opType: 'QuantizeLinear',
      name: this.request.naming.quantizeNode(value),
      inputs: [value, operand.scale, operand.zeroPoint],
      outputs: [operand.integers],
    });
    this.integer.emit(quantizer);
    this.integer.define(value, operand);
    this.#producers.set(value, quantizer);
    return operand;
  }

  /** The factor of a node: a constant as a weight, with a scale for each index of `axis` where one is given. */
  async weight(
    value: string,
    axis: number | undefined,
    type = this.options.weightType as QuantizedType,
  ): Promise<Operand> {
    const known = this.quantized(value);
    if (known && (this.exact || !this.isConstant(value))) return known;
    return this.isConstant(value) ? this.#constant(value, { isWeight: true, type, axis }) : this.read(value);
  }

  /** The grid of a node's output; undefined where its range is not known. */
  result(value: string, integers = this.request.naming.integers): Operand | undefined {
    return this.request.activation(value) && this.#measured(value, integers);
  }

  /** Puts an operator on integers in the place of a node, whose first output is then known as `result`. */
  replace(
    node: Node,
    result: Operand,
    { opType, domain, inputs, attributes = node.attributes }: IntegerOperator,
  ): void {
    const name = this.request.naming.operator(node);
    const outputs = [result.integers];
    this.settle(node, new Node({ opType, domain, name, inputs: [...inputs], outputs, attributes }), [
      [node.outputs[0] ?? '', result],
    ]);
  }

  /** Puts `integerNode` in the place of a node, and makes known what integers its outputs are. */
  settle(node: Node, integerNode: Node, outputs: Iterable<readonly [string, Operand]>): void {
    this.integer.emit(integerNode);
    this.changed.set(node, integerNode);
    for (const [value, operand] of outputs) {
      this.integer.define(value, operand);
      this.#producers.set(value, integerNode);
    }
  }

  /** Lets the integers of `input` stand for `output` too: what `node` does to them changes nothing. */
  absorb(node: Node, input: string, output: string): void {
    const operand = this.quantized(input) as Operand;
    this.integer.define(output, operand);
    const producer = this.#producers.get(input);
    if (!producer) return;
    this.#producers.set(output, producer);
    this.changed.set(node, producer);
    this.absorbed.add(node);
  }

  /** A single integer of an operand's type as a constant, named after `value`. */
  code(value: string, code: number, { parameters }: Operand, shape: readonly number[] = []): string {
    return this.integer.initializer(this.request.naming.integers(value), tensorFrom(parameters.type, shape, [code]));
  }

  numberOf(value: string): number | undefined {
    return this.request.numberOf(value);
  }

  /** The bias of a node as 32-bit integers; the name of those. One bias may go with several weights. */
  bias(value: string, planned: Omit<PlannedBias, 'value' | 'integers' | 'scale' | 'zeroPoint'>): string {
    const { naming } = this.request;
    const { input, weight } = planned;
    const key = this.exact ? value : `${value} ${input.scale} ${weight.integers} ${planned.expandTo}`;
    const known = this.#biases.get(key);
    if (known) return known.integers;
    const made: PlannedBias = {
      ...planned,
      value,
      integers: naming.bias(value),
      scale: naming.biasScale(value),
      zeroPoint: naming.biasZeroPoint(value),
    };
    this.#biases.set(key, made);
    this.biases.push(made);
    if (this.exact) {
      const axis = weight.parameters.scales.length > 1 ? 0 : undefined;
      this.integer.define(value, { ...made, axis, parameters: weight.parameters });
    }
    return made.integers;
  }

  async #constant(value: string, use: Omit<ConstantUse, 'symmetric'>): Promise<PlannedConstant> {
    const key = this.exact ? value : `${use.type} ${use.axis} ${use.isWeight} ${value}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const { tensor } = this.request.graph.initializers.get(value) as { tensor: Tensor };
    const symmetric = this.#isSymmetric(use);
    const parameters = constantParameters(await floatsOf(tensor), tensor.shape, { ...use, symmetric }, this.options);
    if (!parameters) throw new RangeError(`${value} is not finite`);
    const { naming } = this.request;
    const made: PlannedConstant = {
      value,
      isWeight: use.isWeight,
      parameters,
      axis: use.axis,
      integers: naming.integers(value),
      scale: naming.scale(value),
      zeroPoint: naming.zeroPoint(value),
    };
    this.#constants.set(key, made);
    this.constants.push(made);
    // Elsewhere the constant stays what it is: only here it is read as integers.
    if (this.exact) this.integer.define(value, made);
    return made;
  }

  /**
   * Weights that have a scale a channel are symmetric: the kernels want the same zero point in every channel. onnxruntime's
   * quantizer lets the options decide that too, and gives every constant of the weights' type the symmetry of weights.
   */
  #isSymmetric({ isWeight, type, axis }: Omit<ConstantUse, 'symmetric'>): boolean {
    const { options } = this;
    const asWeight = areWeightsSymmetric(options, type);
    if (this.exact) return isWeight || type === options.weightType ? asWeight : options.symmetricActivations;
    return axis !== undefined || (isWeight ? asWeight : options.symmetricActivations);
  }

  /** The names of a measured activation's integers, with its scale and zero point as initializers. */
  #measured(value: string, integers = this.request.naming.integers): Operand {
    const parameters = this.request.activation(value) as ValueParameters;
    const { naming } = this.request;
    const scale = this.integer.initializer(naming.scale(value), tensorFrom('float32', [], parameters.scales));
    return { integers: integers(value), scale, zeroPoint: this.#zeroPoint(value, parameters), parameters };
  }

  /** Equal zero points are written once, but in the reference. */
  #zeroPoint(value: string, { type, zeroPoints }: ValueParameters): string {
    const key = `${type}_${zeroPoints[0]}`;
    const known = this.exact ? undefined : this.#zeroPoints.get(key);
    if (known !== undefined) return known;
    const name = this.request.naming.zeroPoint(this.exact ? value : key);
    this.#zeroPoints.set(key, name);
    return this.integer.initializer(name, tensorFrom(type, [], zeroPoints));
  }
}

/** The integer nearest to a number on a grid of one scale, cut off at its limits. */
export function codeOf(value: number, { scales, zeroPoints, integers }: ValueParameters): number {
  const steps = roundHalfToEven(Math.fround(Math.fround(value) / (scales[0] as number))) + (zeroPoints[0] as number);
  return Math.min(Math.max(steps, integers.min), integers.max);
}

/** Does a grid of one scale reach as far as a number? */
export function isOnGrid(value: number, parameters: ValueParameters): boolean {
  const scale = parameters.scales[0] as number;
  const nearest = (codeOf(value, parameters) - (parameters.zeroPoints[0] as number)) * scale;
  return Math.abs(nearest - value) <= scale / 2;
}
