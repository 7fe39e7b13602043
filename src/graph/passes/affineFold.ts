/** Merging what follows a Conv, ConvTranspose or Gemm by channel into its weights: y' = factor y + shift. */
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

/** An operator whose weights can take up what follows it, and the node that follows. */
export interface AffineFold {
  readonly scope: Scope;
  readonly follower: Node;
  readonly producer: Node;
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
  /** Output channels of the producer. */
  readonly channels: number;
}

/** A pass that merges, again and again, until `foldOf` finds nothing more in any graph but those of local functions. */
export function affineFolding<Fold extends AffineFold>(
  name: string,
  foldOf: (scope: Scope, node: Node) => Fold | undefined,
  merge: (fold: Fold, names: Names) => Promise<void>,
): Pass {
  const foldable = (model: Model): Fold[] =>
    [...scopesOf(model)]
      .filter(({ localFunction }) => !localFunction)
      .flatMap((scope) => scope.graph.nodes.flatMap((node) => foldOf(scope, node) ?? []));
  return {
    name,
    async apply(model) {
      const names = new Names(model);
      const graphs = new Set<Graph>();
      for (let folds = foldable(model); folds.length > 0; folds = foldable(model)) {
        for (const fold of folds) {
          await merge(fold, names);
          graphs.add(fold.scope.graph);
        }
      }
      for (const graph of graphs) removeDeadNodes(graph);
      return graphs.size > 0;
    },
    ensures: (model) => foldable(model).length === 0,
  };
}

/** What makes `input` of a node, where that alone reads it and all weights are float32 constants. */
export function affineFold(scope: Scope, follower: Node, input: string): AffineFold | undefined {
  const { graph } = scope;
  const producer = graph.producer(input);
  const isSoleReader = graph.uses(input).length === 1 && !graph.isOutput(input);
  if (!producer || !isSoleReader || !isLinear(producer)) return undefined;
  const weight = float32Constant(scope, producer.inputs[1]);
  const biasName = producer.inputs[2] ?? '';
  const bias = float32Constant(scope, biasName);
  if (!weight || (biasName !== '' && !bias)) return undefined;
  const channels = channelCount(producer, weight);
  if (bias && !isChannelBias(bias, channels)) return undefined;
  return { scope, follower, producer, weight, bias, channels };
}

/**
 * Multiplies the weights by a factor a channel and gives each channel the bias that `biasOf` makes of the one it has. In double
 * precision, rounded once. The follower is removed.
 */
export async function mergeAffine(
  { scope, follower, producer, weight, bias }: AffineFold,
  factors: Float64Array,
  biasOf: (bias: number, channel: number) => number,
  names: Names,
): Promise<void> {
  const { graph } = scope;
  const old = bias ? await readNumbers(bias) : new Float32Array(1);
  const isGemm = producer.is('Gemm');
  const beta = isGemm ? producer.float('beta', 1) : 1;
  const newBias = Float32Array.from(factors, (_, c) => biasOf(beta * old[old.length === 1 ? 0 : c]!, c));
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
  graph.setOutputs(producer, [follower.outputs[0] ?? '']);
  graph.remove(follower);
}

function isLinear(node: Node): boolean {
  return node.is('Conv') || node.is('ConvTranspose') || node.is('Gemm');
}

export function float32Constant(scope: Scope, name = ''): Tensor | undefined {
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
