import { readNumbers } from '../../tensor/numbers.js';
import type { Tensor } from '../../tensor/tensor.js';
import { tensorOfArray } from '../../tensor/tensor.js';
import { constantOf } from '../constants.js';
import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import { Names } from '../names.js';
import type { Node } from '../node.js';
import { removeDeadNodes } from '../removeDead.js';
import type { Scope } from '../scope.js';
import { scopesOf } from '../scope.js';
import type { Pass } from './pass.js';

/**
 * Folds a BatchNormalization into the Conv, ConvTranspose or Gemm before it, where nothing else reads what that makes and
 * all weights are float32 constants: with s = scale / sqrt(variance + epsilon) by channel, W' = W s and
 * b' = (b - mean) s + B (Jacob et al. 2018, section 3.2). Computed in double precision and rounded once.
 */
export const foldBatchNormalization: Pass = {
  name: 'foldBatchNormalization',
  async apply(model) {
    const names = new Names(model);
    const graphs = new Set<Graph>();
    for (let folds = foldable(model); folds.length > 0; folds = foldable(model)) {
      for (const fold of folds) {
        await apply(fold, names);
        graphs.add(fold.scope.graph);
      }
    }
    for (const graph of graphs) removeDeadNodes(graph);
    return graphs.size > 0;
  },
  ensures: (model) => foldable(model).length === 0,
};

/** Can this BatchNormalization be folded into the operator before it? */
export function isFoldable(scope: Scope, normalization: Node): boolean {
  return !scope.localFunction && foldOf(scope, normalization) !== undefined;
}

interface Fold {
  readonly scope: Scope;
  readonly normalization: Node;
  readonly producer: Node;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  /** Scale, B, mean, variance; each [channels]. */
  readonly parameters: readonly Tensor[];
}

function foldable(model: Model): Fold[] {
  const folds: Fold[] = [];
  for (const scope of scopesOf(model)) {
    if (scope.localFunction) continue;
    for (const node of scope.graph.nodes) {
      const fold = node.is('BatchNormalization') ? foldOf(scope, node) : undefined;
      if (fold) folds.push(fold);
    }
  }
  return folds;
}

function foldOf(scope: Scope, normalization: Node): Fold | undefined {
  const { graph } = scope;
  const [input = '', ...names] = normalization.inputs;
  const producer = graph.producer(input);
  const isSoleReader = graph.uses(input).length === 1 && !graph.isOutput(input);
  const isInference = normalization.int('training_mode', 0) === 0 && normalization.int('spatial', 1) === 1;
  const makesOne = normalization.outputs.slice(1).every((value) => value === '');
  if (!producer || !isSoleReader || !isInference || !makesOne || !isLinear(producer)) return undefined;
  const weight = float32Constant(scope, producer.inputs[1]);
  const biasName = producer.inputs[2] ?? '';
  const bias = float32Constant(scope, biasName);
  const parameters = names.slice(0, 4).map((name) => float32Constant(scope, name));
  if (!weight || (biasName !== '' && !bias) || parameters.length < 4) return undefined;
  if (!parameters.every((tensor) => tensor !== undefined)) return undefined;
  const channels = channelCount(producer, weight);
  const fits = parameters.every(({ shape }) => shape.length === 1 && shape[0] === channels);
  if (!fits || (bias && !isChannelBias(bias, channels))) return undefined;
  return { scope, normalization, producer, weight, bias, parameters };
}

function isLinear(node: Node): boolean {
  return node.is('Conv') || node.is('ConvTranspose') || node.is('Gemm');
}

function float32Constant(scope: Scope, name = ''): Tensor | undefined {
  const constant = constantOf(scope, name);
  const isPlain = constant && !constant.quantization && !constant.sparse;
  return isPlain && constant.tensor.elementType === 'float32' ? constant.tensor : undefined;
}

function channelCount(producer: Node, { shape }: Tensor): number {
  if (producer.is('Conv')) return shape[0] ?? 0;
  if (producer.is('ConvTranspose')) return (shape[1] ?? 0) * producer.int('group', 1);
  return shape[producer.int('transB', 0) ? 0 : 1] ?? 0;
}

/** [channels], or what Gemm broadcasts along the rows. */
function isChannelBias({ shape }: Tensor, channels: number): boolean {
  const size = shape.at(-1) ?? 1;
  return shape.slice(0, -1).every((rows) => rows === 1) && (size === channels || size === 1);
}

async function apply({ scope, normalization, producer, weight, bias, parameters }: Fold, names: Names): Promise<void> {
  const { graph } = scope;
  const [scale, shift, mean, variance] = await Promise.all(parameters.map(readNumbers));
  const factors = normalizationFactors(normalization, scale!, variance!);
  const old = bias ? await readNumbers(bias) : new Float32Array(1);
  const isGemm = producer.is('Gemm');
  const beta = isGemm ? producer.float('beta', 1) : 1;
  const newBias = Float32Array.from(factors, (factor, c) => {
    const added = beta * old[old.length === 1 ? 0 : c]!;
    return (added - mean![c]!) * factor + shift![c]!;
  });
  const newWeight = scaleChannels(producer, weight, await readNumbers(weight), factors);
  const [weightName = '', biasName = ''] = producer.inputs.slice(1);
  const inputs = [
    producer.inputs[0] ?? '',
    put(graph, names, weightName, tensorOfArray({ elementType: 'float32', shape: weight.shape, data: newWeight })),
    put(
      graph,
      names,
      biasName || `${weightName}_bias`,
      tensorOfArray({ elementType: 'float32', shape: [factors.length], data: newBias }),
    ),
  ];
  if (isGemm) producer.attributes.delete('beta');
  graph.setInputs(producer, inputs);
  graph.setOutputs(producer, [normalization.outputs[0] ?? '']);
  graph.remove(normalization);
}

/** s = scale / sqrt(variance + epsilon) of each channel. */
export function normalizationFactors(
  normalization: Node,
  scale: ArrayLike<number>,
  variance: ArrayLike<number>,
): Float64Array {
  const epsilon = Math.fround(normalization.float('epsilon', 1e-5));
  return Float64Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + epsilon));
}

/** Stores a tensor under the name it had, where only one node read it there, else under a fresh one. */
function put(graph: Graph, names: Names, name: string, tensor: Tensor): string {
  const held = graph.initializers.get(name);
  const isOwn = held !== undefined && graph.uses(name).length === 1 && !graph.isInput(name) && !graph.isOutput(name);
  const target = isOwn ? name : names.value(name);
  graph.initializers.set(target, { name: target, tensor, docString: held?.docString });
  return target;
}

function scaleChannels(
  producer: Node,
  { shape }: Tensor,
  values: ArrayLike<number>,
  factors: Float64Array,
): Float32Array {
  const scaled = new Float32Array(values.length);
  const channelOf = channelOfElement(producer, shape);
  for (let i = 0; i < scaled.length; i++) scaled[i] = values[i]! * factors[channelOf(i)]!;
  return scaled;
}

/** The output channel that an element of the weight belongs to. */
export function channelOfElement(producer: Node, shape: readonly number[]): (element: number) => number {
  const [first = 1, second = 1] = shape;
  const inner = shape.slice(2).reduce((a, b) => a * b, 1);
  if (producer.is('Conv')) return (element) => Math.floor(element / (second * inner));
  if (producer.is('Gemm')) {
    return producer.int('transB', 0) ? (element) => Math.floor(element / second) : (element) => element % second;
  }
  const inputsPerGroup = first / producer.int('group', 1);
  return (element) => {
    const input = Math.floor(element / (second * inner));
    return Math.floor(input / inputsPerGroup) * second + (Math.floor(element / inner) % second);
  };
}
