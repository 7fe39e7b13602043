/**
 * Dynamic quantization: constant weights become integers, and the range of each activation is taken while the model runs
 * (onnxruntime, onnx_quantizer.py and operators/, mode IntegerOps). The graph is edited in place.
 */
import type { Graph } from '../../graph/graph.js';
import type { Attribute } from '../../graph/model.js';
import { intAttribute, Node } from '../../graph/node.js';
import { elementTypes } from '../../tensor/elementType.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { Naming } from './dynamicNaming.js';
import { fullRange, scaleRange } from './integerRange.js';
import type { QuantizedType } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import { areWeightsSymmetric, isExact, isRangeReduced } from './options.js';
import { quantizationParameters } from './parameters.js';
import { scaleLayout } from './scaleLayout.js';
import { floatsOf, tensorFrom } from './tensors.js';
import { quantizeArray, scaleRanges } from './weights.js';

/** The operators whose form changes. Transpose follows where its input is quantized already. */
export const dynamicOperators: ReadonlySet<string> = new Set(['Conv', 'MatMul', 'Gemm', 'Gather']);

/** Is it a node whose weight, a constant of float32 numbers, can be stored as integers? */
export function isDynamicSite(node: Node, graph: Graph): boolean {
  const weight = weightOf(node);
  return weight !== undefined && graph.initializers.get(weight)?.tensor.elementType === 'float32';
}

/** The constant factor of a node, where it must be one. */
export function weightOf(node: Node): string | undefined {
  return node.inputs[node.opType === 'Gather' ? 0 : 1];
}

/** A value in its quantized form. */
interface Quantized {
  readonly integers: string;
  readonly scale: string;
  readonly zeroPoint: string;
  readonly axis?: number;
}

export interface DynamicRequest {
  readonly graph: Graph;
  readonly chosen: (node: Node) => boolean;
  readonly isFloat: (value: string) => boolean;
  readonly options: QuantizeOptions;
  readonly naming: Naming;
  readonly signal?: AbortSignal;
  readonly onWeight: (value: string) => void;
  /** A chosen node stays as it is: an element of this constant is not finite. */
  readonly onNotFinite: (node: Node, value: string) => void;
}

/** Quantizes the chosen nodes; returns those whose form changed, each with the integer node in its place. */
export async function quantizeDynamic(request: DynamicRequest): Promise<Map<Node, Node>> {
  return new DynamicWriter(request).run();
}

class DynamicWriter {
  readonly #graph: Graph;
  readonly #options: QuantizeOptions;
  readonly #exact: boolean;
  readonly #nodes: Node[] = [];
  /** By name: nodes without one that read the same values share it. */
  readonly #scaleProducts = new Map<string, string>();
  readonly #quantized = new Map<string, Quantized>();
  /** Float values that exist as such: graph inputs, and what the nodes so far write. */
  readonly #written: Set<string>;
  readonly #changed = new Map<Node, Node>();
  /** Of the float constants that were looked at: are all their elements finite? */
  readonly #finite = new Map<string, boolean>();

  constructor(readonly request: DynamicRequest) {
    const { graph, options } = request;
    this.#graph = graph;
    this.#options = options;
    this.#exact = isExact(options);
    const inputs = graph.inputs.map((info) => info.name);
    this.#written = new Set(inputs.filter((name) => !graph.initializers.has(name)));
  }

  async run(): Promise<Map<Node, Node>> {
    const before = this.#graph.nodes;
    for (const node of before) {
      this.request.signal?.throwIfAborted();
      await this.#visit(node);
    }
    for (const { name } of this.#graph.outputs) this.#dequantize(name);
    this.#graph.removeAll(before);
    for (const node of this.#nodes) this.#graph.add(node);
    return this.#changed;
  }

  async #visit(node: Node): Promise<void> {
    if (!this.request.chosen(node)) return this.#keep(node);
    const unfit = await this.#constantNotFinite(node);
    if (unfit !== undefined) {
      this.request.onNotFinite(node, unfit);
      return this.#keep(node);
    }
    switch (node.opType) {
      case 'Conv':
        if (this.request.isFloat(node.inputs[0] ?? '')) return this.#convolution(node);
        break;
      case 'MatMul':
        if (this.#graph.initializers.has(node.inputs[1] ?? '') && this.#hasFloatFactor(node))
          return this.#product(node);
        break;
      case 'Gather':
        if (this.#isFloatConstant(node.inputs[0] ?? '')) return this.#gather(node);
        break;
      case 'Transpose':
        if (this.request.isFloat(node.inputs[0] ?? '')) return this.#transpose(node);
        break;
    }
    this.#keep(node);
  }

  /** A node that stays as it is, reading real numbers. */
  #keep(node: Node): void {
    for (const input of node.inputs) this.#dequantize(input);
    this.#emit(node);
  }

  /** The constant of a node that no scale fits. */
  async #constantNotFinite(node: Node): Promise<string | undefined> {
    if (node.opType === 'Transpose') return undefined;
    for (const value of node.inputs.slice(0, 2)) {
      if (this.#quantized.has(value) || !this.#isFloatConstant(value)) continue;
      if (!this.#finite.has(value)) {
        const tensor = this.#graph.initializers.get(value)?.tensor as Tensor;
        const ranges = scaleRanges(await floatsOf(tensor), scaleLayout(tensor.shape, {}));
        this.#finite.set(value, ranges !== undefined);
      }
      if (!this.#finite.get(value)) return value;
    }
    return undefined;
  }

  async #convolution(node: Node): Promise<void> {
    const [input = '', weight = '', bias = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const activation = await this.#activation(input);
    // There are no integer kernels for convolutions that have a scale a channel.
    const weights = await this.#weight(weight, false);
    const rank = this.#graph.initializers.get(weight)?.tensor.shape.length;
    const scaled = bias === '' ? output : this.#value(`${output}quant_scaled_output`);
    this.#integerProduct('ConvInteger', node, node.attributes, activation, weights, scaled);
    if (bias !== '') this.#addBias(bias, rank ?? 4, scaled, output);
  }

  async #product(node: Node): Promise<void> {
    const [input = '', weight = ''] = node.inputs;
    const activation = await this.#activation(input);
    // onnxruntime's kernel takes a zero point a column only for a matrix.
    const isMatrix = this.#graph.initializers.get(weight)?.tensor.shape.length === 2;
    const weights = await this.#weight(weight, this.#options.perChannel && (this.#exact || isMatrix));
    this.#integerProduct('MatMulInteger', node, new Map(), activation, weights, node.outputs[0] ?? '');
  }

  /** The sum of integer products, as real numbers: times the scales of both factors. */
  #integerProduct(
    opType: string,
    node: Node,
    attributes: Map<string, Attribute>,
    activation: Quantized,
    weights: Quantized,
    result: string,
  ): void {
    const [output = ''] = node.outputs;
    const name = node.name ? this.#node(`${node.name}_quant`) : undefined;
    const sums = this.#value(`${output}_output_quantized`);
    const inputs = [activation.integers, weights.integers, activation.zeroPoint, weights.zeroPoint];
    const integerNode = new Node({ opType, name, inputs, outputs: [sums], attributes });
    this.#emit(integerNode);
    this.#changed.set(node, integerNode);
    const real = this.#value(`${sums}_cast_output`);
    const to = new Map([['to', intAttribute(elementTypes.float32.code)]]);
    const castName = this.#node(`${sums}_cast`);
    this.#emit(new Node({ opType: 'Cast', name: castName, inputs: [sums], outputs: [real], attributes: to }));
    const scale = this.#scaleProduct(name, activation.scale, weights.scale);
    const outputName = name && this.#node(`${name}_output_scale_mul`);
    this.#emit(new Node({ opType: 'Mul', name: outputName, inputs: [real, scale], outputs: [result] }));
  }

  #scaleProduct(node: string | undefined, activation: string, weights: string): string {
    const wished = node ? `${node}_scales_mul` : `${activation}_${weights}_mul`;
    const known = this.#scaleProducts.get(wished);
    if (known !== undefined) return known;
    const name = this.#node(wished);
    const product = this.#value(`${name}:0`);
    this.#emit(new Node({ opType: 'Mul', name, inputs: [activation, weights], outputs: [product] }));
    this.#scaleProducts.set(wished, product);
    return product;
  }

  #addBias(bias: string, rank: number, scaled: string, output: string): void {
    const shape = this.#value(`${output}_bias_reshape_shape`);
    const reshaped = this.#value(`${output}_bias_reshape_output`);
    const dimensions = Array.from({ length: rank }, (_, axis) => (axis === 1 ? -1 : 1));
    this.#initializer(shape, tensorFrom('int64', [rank], dimensions));
    this.#emit(new Node({ opType: 'Reshape', inputs: [bias, shape], outputs: [reshaped] }));
    const name = this.#node(`${output}_bias_add`);
    this.#emit(new Node({ opType: 'Add', name, inputs: [scaled, reshaped], outputs: [output] }));
  }

  async #gather(node: Node): Promise<void> {
    const [table = '', ...rest] = node.inputs;
    const [output = ''] = node.outputs;
    const stored = this.#quantized.get(table) ?? (await this.#constant(table, 'uint8', false, false));
    this.#passQuantized(node, [stored.integers, ...rest], output, stored);
  }

  #transpose(node: Node): void {
    const [input = ''] = node.inputs;
    const stored = this.#quantized.get(input);
    if (!stored || (stored.axis !== undefined && !this.#exact)) this.#keep(node);
    else this.#passQuantized(node, [stored.integers], node.outputs[0] ?? '', stored);
  }

  /** Lets a node work on the integers: its output has the scale of its input. */
  #passQuantized(node: Node, inputs: string[], output: string, { scale, zeroPoint }: Quantized): void {
    const integers = this.#value(`${output}_quantized`);
    this.#quantized.set(output, { integers, scale, zeroPoint });
    const passing = new Node({ ...node, inputs, outputs: [integers] });
    this.#emit(passing);
    this.#changed.set(node, passing);
  }

  /** An activation as uint8, its range taken while the model runs. */
  async #activation(value: string): Promise<Quantized> {
    const known = this.#quantized.get(value);
    if (known) return known;
    if (this.#graph.initializers.has(value)) return this.#constant(value, 'uint8', false, false);
    const stored = {
      integers: this.#value(`${value}_quantized`),
      scale: this.#value(`${value}_scale`),
      zeroPoint: this.#value(`${value}_zero_point`),
    };
    const name = this.#node(`${value}_QuantizeLinear`);
    const outputs = [stored.integers, stored.scale, stored.zeroPoint];
    this.#emit(new Node({ opType: 'DynamicQuantizeLinear', name, inputs: [value], outputs }));
    this.#quantized.set(value, stored);
    return stored;
  }

  async #weight(value: string, perChannel: boolean): Promise<Quantized> {
    const known = this.#quantized.get(value);
    if (known) return known;
    if (!this.#graph.initializers.has(value)) return this.#activation(value);
    return this.#constant(
      value,
      this.#options.weightType === 'uint8' ? 'uint8' : 'int8',
      perChannel,
      isRangeReduced(this.#options),
    );
  }

  async #constant(value: string, type: QuantizedType, perColumn: boolean, reduced: boolean): Promise<Quantized> {
    const tensor = this.#graph.initializers.get(value)?.tensor as Tensor;
    const axis = perColumn ? tensor.shape.length - 1 : undefined;
    const data = await floatsOf(tensor);
    const symmetric = type === this.#options.weightType && areWeightsSymmetric(this.#options, type);
    const integers = scaleRange(type, symmetric, reduced);
    const ranges = scaleRanges(data, scaleLayout(tensor.shape, { axis }));
    if (!ranges) throw new RangeError(`${value} is not finite`);
    const all = ranges.map((range) => quantizationParameters(range, integers, symmetric, this.#exact));
    const scales = Float32Array.from(all, (each) => each.scale);
    const zeroPoints = all.map((each) => each.zeroPoint);
    const shape = axis === undefined ? [] : [zeroPoints.length];
    const stored = {
      integers: this.#value(`${value}_quantized`),
      scale: this.#value(`${value}_scale`),
      zeroPoint: this.#value(`${value}_zero_point`),
      ...(axis !== undefined && { axis }),
    };
    this.#initializer(stored.scale, tensorFrom('float32', shape, scales));
    this.#initializer(stored.zeroPoint, tensorFrom(type, shape, zeroPoints));
    const parameters = { type, axis, integers: fullRange(type), scales, zeroPoints };
    const quantized = quantizeArray(data, tensor.shape, parameters);
    this.#initializer(stored.integers, tensorFrom(type, tensor.shape, quantized));
    this.#quantized.set(value, stored);
    this.request.onWeight(value);
    return stored;
  }

  /** Makes the real numbers of a value that exists only in quantized form, once. */
  #dequantize(value: string): void {
    const stored = this.#quantized.get(value);
    if (!stored || this.#written.has(value)) return;
    // A constant that is quantized for one node stays as it is for the others; the reference lets them read it back.
    if (!this.#exact && this.#graph.initializers.has(value)) return;
    this.#emit(
      new Node({
        opType: 'DequantizeLinear',
        name: this.#node(`${value}_DequantizeLinear`),
        inputs: [stored.integers, stored.scale, stored.zeroPoint],
        outputs: [value],
        attributes: new Map(stored.axis === undefined ? [] : [['axis', intAttribute(this.#exact ? -1 : stored.axis)]]),
      }),
    );
  }

  #emit(node: Node): void {
    this.#nodes.push(node);
    for (const output of node.outputs) this.#written.add(output);
  }

  #initializer(name: string, tensor: Tensor): void {
    if (!this.#graph.initializers.has(name)) this.#graph.initializers.set(name, { name, tensor });
  }

  #value(wished: string): string {
    return this.request.naming.value(wished);
  }

  #node(wished: string): string {
    return this.request.naming.node(wished);
  }

  #isFloatConstant(value: string): boolean {
    return this.#graph.initializers.get(value)?.tensor.elementType === 'float32';
  }

  #hasFloatFactor(node: Node): boolean {
    return node.inputs.some((value) => this.request.isFloat(value));
  }
}
