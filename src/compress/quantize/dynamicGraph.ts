/**
 * A graph whose products become ones of integers while the model runs (onnxruntime, onnx_quantizer.py, mode IntegerOps).
 * Nodes and names are made at once; the numbers of constants are filled in at the end, when their rounding is known.
 */
import type { Graph } from '../../graph/graph.js';
import { Node } from '../../graph/node.js';
import type { Scope } from '../../graph/scope.js';
import type { Tensor } from '../../tensor/tensor.js';
import { constantParameters } from './constantParameters.js';
import type { Naming } from './dynamicNaming.js';
import { IntegerGraph } from './integerGraph.js';
import type { QuantizedValue } from './integerGraph.js';
import type { QuantizedType } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import { areWeightsSymmetric, isExact } from './options.js';
import type { RoundedWeight } from './rounding/rounding.js';
import { floatsOf, tensorFrom } from './tensors.js';
import type { ValueParameters } from './valueParameters.js';
import { quantizeArray } from './weights.js';

export interface DynamicRequest {
  /** The graph, and those around it, whose constants its nodes may read. */
  readonly scope: Scope;
  readonly options: QuantizeOptions;
  readonly naming: Naming;
  readonly isFloat: (value: string) => boolean;
}

/** A constant that is to be stored as integers. */
export interface DynamicConstant extends QuantizedValue {
  readonly value: string;
  readonly tensor: Tensor;
  readonly isWeight: boolean;
  readonly parameters: ValueParameters;
  /** Of a convolution: so many axes follow that of the channels in what it gives. */
  readonly spatialAxes?: number;
}

interface ConstantUse {
  readonly isWeight: boolean;
  readonly type: QuantizedType;
  readonly axis?: number;
  readonly spatialAxes?: number;
}

export class DynamicGraph {
  readonly exact: boolean;
  readonly integer: IntegerGraph;
  readonly constants: DynamicConstant[] = [];
  /** The nodes whose form changed, each with the integer node in its place. */
  readonly changed = new Map<Node, Node>();
  /** Weights of recurrent operators, which are stored the other way round. */
  readonly recurrent = new Map<string, QuantizedValue>();
  /** By name: nodes without one that read the same values share it. */
  readonly #scaleProducts = new Map<string, string>();
  /** Constants by name and use; the reference knows one use of each. */
  readonly #constants = new Map<string, DynamicConstant>();

  constructor(readonly request: DynamicRequest) {
    this.exact = isExact(request.options);
    const dequantizeNode = (value: string) => this.node(`${value}_DequantizeLinear`);
    this.integer = new IntegerGraph(request.scope.graph, { exact: this.exact, dequantizeNode });
  }

  get graph(): Graph {
    return this.request.scope.graph;
  }

  get options(): QuantizeOptions {
    return this.request.options;
  }

  /** A float32 constant of this graph or of those around it, which the reference does not look into. */
  constantOf(value: string): Tensor | undefined {
    return floatConstant(this.request.scope, value, this.exact);
  }

  /** An activation as uint8, its range taken while the model runs; of a constant its own. */
  async activation(value: string): Promise<QuantizedValue> {
    const known = this.integer.quantized(value);
    if (known) return known;
    if (this.constantOf(value)) return this.constant(value, { isWeight: false, type: 'uint8' });
    const stored = {
      integers: this.value(`${value}_quantized`),
      scale: this.value(`${value}_scale`),
      zeroPoint: this.value(`${value}_zero_point`),
    };
    const name = this.node(`${value}_QuantizeLinear`);
    const outputs = [stored.integers, stored.scale, stored.zeroPoint];
    this.integer.emit(new Node({ opType: 'DynamicQuantizeLinear', name, inputs: [value], outputs }));
    this.integer.define(value, stored);
    return stored;
  }

  /**
   * ConvInteger takes one zero point. Where that is 0, scales may differ from channel to channel, for they come in behind
   * the sums; the reference has one scale always.
   */
  convolutionWeight(value: string, spatialAxes: number): Promise<QuantizedValue> {
    const { options, exact } = this;
    const perChannel =
      options.perChannel && !exact && areWeightsSymmetric(options, options.weightType as QuantizedType);
    return perChannel ? this.weight(value, 0, spatialAxes) : this.weight(value, undefined);
  }

  async weight(value: string, axis: number | undefined, spatialAxes?: number): Promise<QuantizedValue> {
    const known = this.integer.quantized(value);
    if (known && (this.exact || !this.constantOf(value))) return known;
    if (!this.constantOf(value)) return this.activation(value);
    return this.constant(value, {
      isWeight: true,
      type: this.options.weightType as QuantizedType,
      axis,
      spatialAxes,
    });
  }

  async constant(value: string, use: ConstantUse): Promise<DynamicConstant> {
    const key = this.exact ? value : `${use.type} ${use.axis} ${use.spatialAxes} ${use.isWeight} ${value}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const tensor = this.constantOf(value) as Tensor;
    const symmetric = use.type === this.options.weightType && areWeightsSymmetric(this.options, use.type);
    const parameters = constantParameters(await floatsOf(tensor), tensor.shape, { ...use, symmetric }, this.options);
    if (!parameters) throw new RangeError(`${value} is not finite`);
    const made: DynamicConstant = {
      value,
      tensor,
      isWeight: use.isWeight,
      parameters,
      axis: use.axis,
      spatialAxes: use.spatialAxes,
      integers: this.value(`${value}_quantized`),
      scale: this.value(`${value}_scale`),
      zeroPoint: this.value(`${value}_zero_point`),
    };
    this.#constants.set(key, made);
    this.constants.push(made);
    if (this.exact) this.integer.define(value, made);
    return made;
  }

  /** The product of two scales, computed once for nodes without a name that read the same ones. */
  scaleProduct(node: string | undefined, activation: string, weights: string): string {
    const wished = node ? `${node}_scales_mul` : `${activation}_${weights}_mul`;
    const known = this.#scaleProducts.get(wished);
    if (known !== undefined) return known;
    const name = this.node(wished);
    const product = this.value(`${name}:0`);
    this.integer.emit(new Node({ opType: 'Mul', name, inputs: [activation, weights], outputs: [product] }));
    this.#scaleProducts.set(wished, product);
    return product;
  }

  /** Lets a node work on the integers: its output has the scale of its input. */
  pass(node: Node, inputs: string[], { scale, zeroPoint }: QuantizedValue): void {
    const [output = ''] = node.outputs;
    const integers = this.value(`${output}_quantized`);
    this.integer.define(output, { integers, scale, zeroPoint });
    this.replace(node, new Node({ ...node, inputs, outputs: [integers] }));
  }

  replace(node: Node, integerNode: Node): void {
    this.integer.emit(integerNode);
    this.changed.set(node, integerNode);
  }

  /** The name of the integer node that takes a node's place. */
  nameFor({ name }: Node): string | undefined {
    return name ? this.node(`${name}_quant`) : undefined;
  }

  value(wished: string): string {
    return this.request.naming.value(wished);
  }

  node(wished: string): string {
    return this.request.naming.node(wished);
  }

  /** Writes the constants: weights as they were rounded, the rest to the nearest. */
  async fillConstants(rounded: ReadonlyMap<string, RoundedWeight>, onConstant: () => void): Promise<void> {
    for (const { value, tensor, isWeight, parameters, spatialAxes, integers, scale, zeroPoint } of this.constants) {
      const better = isWeight ? rounded.get(value) : undefined;
      const { type, axis, scales, zeroPoints } = better?.parameters ?? parameters;
      const codes = better?.codes ?? quantizeArray(await floatsOf(tensor), tensor.shape, parameters);
      const shape = axis === undefined ? [] : [zeroPoints.length];
      const behind = Array<number>(spatialAxes ?? 0).fill(1);
      this.integer.initializer(scale, tensorFrom('float32', [...shape, ...behind], scales));
      this.integer.initializer(
        zeroPoint,
        spatialAxes === undefined ? tensorFrom(type, shape, zeroPoints) : tensorFrom(type, [], [0]),
      );
      this.integer.initializer(integers, tensorFrom(type, tensor.shape, codes));
      onConstant();
    }
  }
}

/** The float32 constant behind a value, in a graph or in those around it. */
export function floatConstant(scope: Scope, value: string, exact: boolean): Tensor | undefined {
  const owner = exact ? scope : scope.definingScope(value);
  const tensor = owner?.graph.initializers.get(value)?.tensor;
  return tensor?.elementType === 'float32' ? tensor : undefined;
}
