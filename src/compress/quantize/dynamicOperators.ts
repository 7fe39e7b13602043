/** What stands for each operator where ranges are taken while the model runs (onnxruntime, registry.py, IntegerOpsRegistry). */
import { intAttribute, Node } from '../../graph/node.js';
import type { Attribute } from '../../graph/model.js';
import type { Scope } from '../../graph/scope.js';
import { elementTypes } from '../../tensor/elementType.js';
import { floatConstant } from './dynamicGraph.js';
import type { DynamicGraph } from './dynamicGraph.js';
import { quantizedLstm, recurrentWeights } from './dynamicRecurrent.js';
import { embeddingTables, isEmbedding, quantizedEmbedding } from './embedLayerNormalization.js';
import { isPlainGemm } from './gemmToMatMul.js';
import type { QuantizedValue } from './integerGraph.js';
import { tensorFrom } from './tensors.js';

interface DynamicForm {
  readonly domain: string;
  /** The constants that become integers; undefined where the node has no such form, whatever its constants are. */
  constants(node: Node, exact: boolean): string[] | undefined;
  /** Puts the integer form in the place of a node; false where the node stays as it is. */
  write(node: Node, graph: DynamicGraph): Promise<boolean>;
}

const convolution: DynamicForm = {
  domain: '',
  constants: ({ inputs }) => [inputs[1] ?? ''],
  async write(node, graph) {
    const [input = '', weight = '', bias = ''] = node.inputs;
    const [output = ''] = node.outputs;
    if (!graph.request.isFloat(input)) return false;
    if (!graph.exact) graph.integer.dequantize(bias);
    const activation = await graph.activation(input);
    const rank = graph.constantOf(weight)?.shape.length ?? 4;
    const weights = await graph.convolutionWeight(weight, rank - 2);
    const scaled = bias === '' ? output : graph.value(`${output}quant_scaled_output`);
    integerProduct('ConvInteger', node, node.attributes, activation, weights, scaled, graph);
    if (bias !== '') addBias(bias, rank, scaled, output, graph);
    return true;
  },
};

const matMul: DynamicForm = {
  domain: '',
  constants: ({ inputs }) => [inputs[1] ?? ''],
  async write(node, graph) {
    const [input = '', weight = ''] = node.inputs;
    // onnxruntime's quantizer takes any constant for a factor here.
    const isConstant = graph.exact ? graph.graph.initializers.has(weight) : graph.constantOf(weight);
    if (!isConstant || !node.inputs.some((value) => graph.request.isFloat(value))) return false;
    const activation = await graph.activation(input);
    // onnxruntime's kernel takes a zero point a column only for a matrix.
    const isMatrix = graph.constantOf(weight)?.shape.length === 2;
    const weights = await graph.weight(weight, graph.options.perChannel && (graph.exact || isMatrix) ? -1 : undefined);
    integerProduct('MatMulInteger', node, new Map(), activation, weights, node.outputs[0] ?? '', graph);
    return true;
  },
};

/** A plain one is turned into a MatMul first; there is no other. */
const gemm: DynamicForm = {
  ...matMul,
  constants: (node) => (isPlainGemm(node) ? [node.inputs[1] ?? ''] : undefined),
  write: () => Promise.resolve(false),
};

/** It works on the integers; the scale and zero point stay those of the table. */
const gather: DynamicForm = {
  domain: '',
  constants: ({ inputs }) => [inputs[0] ?? ''],
  async write(node, graph) {
    const [table = '', ...rest] = node.inputs;
    if (!graph.constantOf(table)) return false;
    const known = graph.integer.quantized(table);
    const stored = known ?? (await graph.constant(table, { isWeight: false, type: 'uint8' }));
    graph.pass(node, [stored.integers, ...rest], stored);
    return true;
  },
};

const transpose: DynamicForm = {
  domain: '',
  constants: () => [],
  write: (node, graph) => {
    const [input = ''] = node.inputs;
    const stored = graph.integer.quantized(input);
    const isFit = stored && graph.request.isFloat(input) && (graph.exact || stored.axis === undefined);
    if (isFit) graph.pass(node, [stored.integers], stored);
    return Promise.resolve(isFit ?? false);
  },
};

/** QAttention has no sizes of its own for Q, K and V, and no further biases. */
const attention: DynamicForm = {
  domain: 'com.microsoft',
  constants: (node, exact) => {
    if (node.attributes.has('qkv_hidden_sizes') || (!exact && node.inputs.slice(5).some((value) => value !== '')))
      return undefined;
    return [node.inputs[1] ?? ''];
  },
  async write(node, graph) {
    const [input = '', weight = '', bias = '', mask = '', past = ''] = node.inputs;
    if (!graph.exact) for (const value of [bias, past]) graph.integer.dequantize(value);
    const activation = await graph.activation(input);
    const weights = await graph.weight(weight, graph.options.perChannel ? -1 : undefined);
    const inputs = [activation.integers, weights.integers, bias, activation.scale, weights.scale, mask];
    inputs.push(activation.zeroPoint, weights.zeroPoint, past);
    const { outputs, attributes } = node;
    const name = graph.nameFor(node);
    graph.replace(
      node,
      new Node({ opType: 'QAttention', domain: 'com.microsoft', name, inputs, outputs: [...outputs], attributes }),
    );
    return true;
  },
};

const embedding: DynamicForm = {
  domain: 'com.microsoft',
  constants: (node, exact) => (isEmbedding(node, exact) ? embeddingTables(node) : undefined),
  async write(node, graph) {
    graph.replace(node, await quantizedEmbedding(node, graph.nameFor(node), (value) => graph.activation(value)));
    return true;
  },
};

const lstm: DynamicForm = {
  domain: '',
  constants: recurrentWeights,
  async write(node, graph) {
    if (!graph.request.isFloat(node.inputs[0] ?? '')) return false;
    if (!recurrentWeights(node).every((value) => graph.constantOf(value)?.shape.length === 3)) return false;
    await quantizedLstm(node, graph);
    return true;
  },
};

const forms: Readonly<Record<string, DynamicForm>> = {
  Conv: convolution,
  MatMul: matMul,
  Gemm: gemm,
  Gather: gather,
  Transpose: transpose,
  LSTM: lstm,
  Attention: attention,
  EmbedLayerNormalization: embedding,
};

/** The integer form of a node. */
export function dynamicFormOf(node: Node, exact: boolean): DynamicForm | undefined {
  const form = Object.hasOwn(forms, node.opType) ? forms[node.opType] : undefined;
  return form && (exact || node.domain === form.domain) ? form : undefined;
}

/** Why a node has no dynamic form: the operator, or a factor that is no constant of float32 numbers. */
export function dynamicObjection(node: Node, scope: Scope, exact: boolean): 'operator' | 'not-constant' | undefined {
  const constants = dynamicFormOf(node, exact)?.constants(node, exact);
  if (!constants) return 'operator';
  return exact || constants.every((value) => floatConstant(scope, value, exact)) ? undefined : 'not-constant';
}

/** The sum of integer products, as real numbers: times the scales of both factors. */
function integerProduct(
  opType: string,
  node: Node,
  attributes: Map<string, Attribute>,
  activation: QuantizedValue,
  weights: QuantizedValue,
  result: string,
  graph: DynamicGraph,
): void {
  const [output = ''] = node.outputs;
  const name = graph.nameFor(node);
  const sums = graph.value(`${output}_output_quantized`);
  const inputs = [activation.integers, weights.integers, activation.zeroPoint, weights.zeroPoint];
  graph.replace(node, new Node({ opType, name, inputs, outputs: [sums], attributes }));
  const real = graph.value(`${sums}_cast_output`);
  const to = new Map([['to', intAttribute(elementTypes.float32.code)]]);
  const castName = graph.node(`${sums}_cast`);
  graph.integer.emit(new Node({ opType: 'Cast', name: castName, inputs: [sums], outputs: [real], attributes: to }));
  const scale = graph.scaleProduct(name, activation.scale, weights.scale);
  const outputName = name && graph.node(`${name}_output_scale_mul`);
  graph.integer.emit(new Node({ opType: 'Mul', name: outputName, inputs: [real, scale], outputs: [result] }));
}

function addBias(bias: string, rank: number, scaled: string, output: string, graph: DynamicGraph): void {
  const shape = graph.value(`${output}_bias_reshape_shape`);
  const reshaped = graph.value(`${output}_bias_reshape_output`);
  const dimensions = Array.from({ length: rank }, (_, axis) => (axis === 1 ? -1 : 1));
  graph.integer.initializer(shape, tensorFrom('int64', [rank], dimensions));
  graph.integer.emit(new Node({ opType: 'Reshape', inputs: [bias, shape], outputs: [reshaped] }));
  const name = graph.node(`${output}_bias_add`);
  graph.integer.emit(new Node({ opType: 'Add', name, inputs: [scaled, reshaped], outputs: [output] }));
}
