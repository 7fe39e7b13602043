import { elementCount, elementTypes } from '../tensor/elementType.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Constant, KnownSources, WeightQuantization } from './constants.js';
import { constantOf } from './constants.js';
import type { Graph } from './graph.js';
import type { Attribute, Initializer, LocalFunction, Model, SparseTensor } from './model.js';
import type { Node } from './node.js';
import type { InputRole, Operator } from './operators/operator.js';
import { operatorOf } from './operators.js';
import type { Scope } from './scope.js';
import { nodesOf } from './scope.js';

/** A constant that a layer reads. */
export interface LayerWeight {
  /** Which of the node's inputs it is; -1 for a tensor in an attribute. */
  readonly input: number;
  /** The name of the value that holds it: where a DequantizeLinear or Identity stands between, the value before it. */
  readonly name: string;
  readonly tensor: Tensor;
  /** `quantized`: integers that stand for real numbers, behind a DequantizeLinear or read as such by the operator. */
  readonly storage: Constant['storage'];
  readonly sparse?: SparseTensor;
  readonly quantization?: WeightQuantization;
  readonly role: InputRole;
  /** Does it count among the model's parameters? */
  readonly isParameter: boolean;
  /** Elements of the real tensor: of a sparse one all, of a packed one each number. */
  readonly elements: number;
  /** The shape of the real tensor. */
  readonly shape: readonly number[];
  /** The axis whose indices are the output's channels, where the operator has such. */
  readonly channelAxis?: number;
  /** Bytes that it takes in the file, without its scales and zero points. */
  readonly bytes: number;
  /** Who owns the tensor. Layers that share a weight have the same owner. */
  readonly owner: Initializer | Node | Tensor;
}

/** A node but Constant, as a person sees it. */
export interface Layer {
  /** Unique in the model (design: the command line). */
  readonly name: string;
  readonly node: Node;
  readonly graph: Graph;
  readonly scope: Scope;
  /** Set for the nodes of a local function's body. */
  readonly localFunction?: LocalFunction;
  /** The constants it reads, in the order of its inputs. */
  readonly weights: readonly LayerWeight[];
}

/**
 * The layers of a model in file order: every node but Constant, those of subgraphs after the node that carries them,
 * those of local functions after the main graph's. An Identity or a DequantizeLinear that only passes a constant on
 * lists no weights: its readers do.
 */
export function layersOf(model: Model): Layer[] {
  const names = new UniqueNames();
  const nameOf = new Map<Node, string>();
  const layers: Layer[] = [];
  const known: KnownSources = new Map();
  for (const { node, scope } of nodesOf(model)) {
    if (node.is('Constant')) continue;
    const name = names.take(prefixOf(scope, nameOf) + baseName(node));
    nameOf.set(node, name);
    const { graph, localFunction } = scope;
    layers.push({ name, node, graph, scope, localFunction, weights: weightsOf(node, scope, name, known) });
  }
  return layers;
}

/** Parameters of one layer: elements of its float and quantized weights, not of shapes, indices, scales and bounds. */
export function layerParameters(layer: Layer): number {
  return sum(layer.weights.filter((weight) => weight.isParameter).map((weight) => weight.elements));
}

/** Bytes of the constants that a layer reads, with the scales and zero points of its quantized weights. */
export function layerBytes(layer: Layer): number {
  return sum(layer.weights.map(weightBytes));
}

/** Parameters of the layers together; a weight that several share counts once. */
export function parametersOf(layers: readonly Layer[]): number {
  return sum(distinctWeights(layers).map((weight) => (weight.isParameter ? weight.elements : 0)));
}

/** A weight that several layers read: their positions, and what each of them counts of it. */
export interface SharedWeight {
  readonly layers: readonly number[];
  readonly parameters: number;
  readonly bytes: number;
}

export function sharedWeights(layers: readonly Layer[]): SharedWeight[] {
  const readers = new Map<LayerWeight['owner'], { weight: LayerWeight; layers: Set<number> }>();
  for (const [index, { weights }] of layers.entries()) {
    for (const weight of weights) {
      const known = readers.get(weight.owner);
      if (known) known.layers.add(index);
      else readers.set(weight.owner, { weight, layers: new Set([index]) });
    }
  }
  return [...readers.values()].flatMap(({ weight, layers: found }) =>
    found.size > 1
      ? [{ layers: [...found], parameters: weight.isParameter ? weight.elements : 0, bytes: weightBytes(weight) }]
      : [],
  );
}

/** The weights of the layers, each owner's once: first as a parameter, where any reader uses it so. */
export function distinctWeights(layers: readonly Layer[]): LayerWeight[] {
  const byOwner = new Map<LayerWeight['owner'], LayerWeight>();
  for (const { weights } of layers) {
    for (const weight of weights) {
      const known = byOwner.get(weight.owner);
      if (!known || (weight.isParameter && !known.isParameter)) byOwner.set(weight.owner, weight);
    }
  }
  return [...byOwner.values()];
}

function weightBytes({ bytes, quantization }: LayerWeight): number {
  return bytes + (quantization?.scale?.bytes.byteLength ?? 0) + (quantization?.zeroPoint?.bytes.byteLength ?? 0);
}

function baseName(node: Node): string {
  if (node.name) return node.name;
  return `${node.opType}_${node.outputs[0] ?? ''}`;
}

function prefixOf(scope: Scope, nameOf: ReadonlyMap<Node, string>): string {
  if (scope.owner) return `${nameOf.get(scope.owner.node)}/${scope.owner.attribute}/`;
  return scope.localFunction ? `${scope.localFunction.name}/` : '';
}

/** Numbers the repeats of a name: `name`, `name#2`, `name#3` … */
class UniqueNames {
  readonly #taken = new Set<string>();
  readonly #repeats = new Map<string, number>();

  take(name: string): string {
    let candidate = name;
    while (this.#taken.has(candidate)) {
      const repeat = (this.#repeats.get(name) ?? 1) + 1;
      this.#repeats.set(name, repeat);
      candidate = `${name}#${repeat}`;
    }
    this.#taken.add(candidate);
    return candidate;
  }
}

function weightsOf(node: Node, scope: Scope, layer: string, known: KnownSources): LayerWeight[] {
  if (passesConstantOn(node, scope, known)) return [];
  const operator = operatorOf(node);
  const weights: LayerWeight[] = [];
  for (const [input, value] of node.inputs.entries()) {
    const constant = constantOf(scope, value, known);
    if (constant) weights.push(inputWeight(node, operator, scope, input, constant));
  }
  for (const [name, attribute] of node.attributes)
    weights.push(...attributeWeights(node, `${layer}.${name}`, attribute));
  return weights;
}

/** Is this node a step between a constant and the layers that read it? */
function passesConstantOn(node: Node, scope: Scope, known: KnownSources): boolean {
  if (!node.is('Identity') && !node.is('DequantizeLinear')) return false;
  const output = node.outputs[0] ?? '';
  return scope.graph.uses(output).length > 0 && constantOf(scope, output, known) !== undefined;
}

function inputWeight(
  node: Node,
  operator: Operator | undefined,
  scope: Scope,
  input: number,
  constant: Constant,
): LayerWeight {
  const { name, tensor, sparse, owner } = constant;
  const role = joinsDynamicScales(node, scope) ? 'scale' : roleOf(operator, input);
  const quantization = constant.quantization ?? operatorQuantization(node, operator, scope, input, tensor);
  const shape = operator?.packedShape?.(node, input) ?? sparse?.shape ?? tensor.shape;
  const elements = elementCount(shape);
  return {
    input,
    name,
    tensor,
    storage: quantization ? 'quantized' : constant.storage,
    sparse,
    quantization,
    role,
    isParameter: countsAsParameter(tensor, role, quantization !== undefined, elements),
    elements,
    shape,
    channelAxis: operator?.channelAxis?.(node, input, shape.length),
    bytes: storedSize(tensor, sparse),
    owner,
  };
}

function roleOf(operator: Operator | undefined, input: number): InputRole {
  return operator?.inputs[input] ?? operator?.inputs.at(-1) ?? 'data';
}

/** Is it the product of an activation's scale, taken while the model runs, and the scales of a weight? */
function joinsDynamicScales(node: Node, { graph }: Scope): boolean {
  return (
    node.is('Mul') &&
    node.inputs.some((value) => {
      const producer = graph.producer(value);
      return producer?.is('DynamicQuantizeLinear') === true && producer.outputs[1] === value;
    })
  );
}

/** Integers that the operator itself reads as a quantized weight (QLinearConv, MatMulInteger, MatMulNBits). */
function operatorQuantization(
  node: Node,
  operator: Operator | undefined,
  scope: Scope,
  input: number,
  tensor: Tensor,
): WeightQuantization | undefined {
  const entry = operator?.integerWeights?.find((candidate) => candidate.input === input);
  if (!entry || elementTypes[tensor.elementType].kind !== 'integer') return undefined;
  const at = (index: number | undefined) =>
    index === undefined ? undefined : constantOf(scope, node.inputs[index] ?? '')?.tensor;
  const scale = at(entry.scale);
  const zeroPoint = at(entry.zeroPoint);
  const perChannel = elementCount((scale ?? zeroPoint)?.shape ?? []) > 1;
  return {
    scale,
    zeroPoint,
    axis: perChannel ? operator?.channelAxis?.(node, input, tensor.shape.length) : undefined,
    blockSize: node.int('block_size'),
    node,
  };
}

/** A lone number in arithmetic (the 0.5 of a GELU) is a setting of the formula, not a parameter. */
function countsAsParameter(tensor: Tensor, role: InputRole, quantized: boolean, elements: number): boolean {
  if (role === 'argument' || role === 'scale' || role === 'zeroPoint') return false;
  if (role === 'data' && elements <= 1) return false;
  return quantized || elementTypes[tensor.elementType].kind === 'float';
}

function attributeWeights(node: Node, name: string, attribute: Attribute): LayerWeight[] {
  const tensors = attribute.kind === 'tensor' ? [attribute.value] : attribute.kind === 'tensors' ? attribute.value : [];
  const held = tensors.map((tensor) => ({ tensor, sparse: undefined as SparseTensor | undefined }));
  if (attribute.kind === 'sparse') held.push({ tensor: attribute.value.values, sparse: attribute.value });
  const role = node.is('ConstantOfShape') ? 'argument' : 'data';
  return held.map(({ tensor, sparse }, i) => {
    const shape = sparse?.shape ?? tensor.shape;
    const elements = elementCount(shape);
    return {
      input: -1,
      name: held.length > 1 ? `${name}[${i}]` : name,
      tensor,
      storage: sparse ? 'sparse' : 'constant',
      sparse,
      role,
      isParameter: countsAsParameter(tensor, role, false, elements),
      elements,
      shape,
      bytes: storedSize(tensor, sparse),
      owner: tensor,
    };
  });
}

function storedSize(tensor: Tensor, sparse: SparseTensor | undefined): number {
  if (tensor.strings) return sum(tensor.strings.map((element) => element.byteLength));
  return tensor.bytes.byteLength + (sparse?.indices.bytes.byteLength ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
