import { channelOfElement } from '../graph/passes/affineFold.js';
import { normalizationFactors } from '../graph/passes/foldBatchNormalization.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { whyUnreadable } from '../inspect/layerCards.js';
import type { NumberSource } from '../tensor/measure.js';
import { readNumbers } from '../tensor/numbers.js';
import type { LayerGraph } from './matching/layerGraph.js';
import { lonelyReader } from './matching/layerGraph.js';
import type { Matching } from './matching/matchLayers.js';

/** A BatchNormalization, or a Mul by constants, that the weight of the layer before it takes in. */
export interface FoldedNormalization {
  readonly layer: Layer;
  /** What the weights of each output channel are multiplied by. */
  readonly factors: Float64Array;
}

const foldsInto = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/**
 * The BatchNormalization after the layers of a matched pair that must be folded into the weight of the one before they can be
 * compared; none where each has one that the other lacks.
 */
export async function foldedNormalizations(
  { a, b, partnerOfA, partnerOfB }: Matching,
  i: number,
  j: number,
): Promise<readonly [FoldedNormalization | undefined, FoldedNormalization | undefined]> {
  const inA = await foldedNormalization(a, partnerOfA, i);
  const inB = await foldedNormalization(b, partnerOfB, j);
  return inA && inB ? [undefined, undefined] : [inA, inB];
}

/**
 * The BatchNormalization after a layer which the other model does not have, and which it may therefore have folded into that
 * layer's weight (Jacob et al. 2018, section 3.2).
 */
async function foldedNormalization(
  graph: LayerGraph,
  partners: Int32Array,
  position: number,
): Promise<FoldedNormalization | undefined> {
  const reader = foldsInto.has(graph.layers[position]!.node.opType) ? lonelyReader(graph, position) : undefined;
  const layer = reader === undefined ? undefined : graph.layers[reader]!;
  if (!layer || partners[reader!]! >= 0) return undefined;
  if (layer.node.is('Mul')) return multiplication(graph.layers[position]!, layer);
  if (!layer.node.is('BatchNormalization')) return undefined;
  const [scale, , , variance] = [1, 2, 3, 4].map((input) => layer.weights.find((weight) => weight.input === input));
  if (!scale || !variance || whyUnreadable(scale) || whyUnreadable(variance)) return undefined;
  const numbers = await Promise.all([scale, variance].map(({ tensor }) => readNumbers(tensor)));
  return { layer, factors: normalizationFactors(layer.node, numbers[0]!, numbers[1]!) };
}

/** A Mul by one number, or one a channel, after a layer. */
async function multiplication(before: Layer, layer: Layer): Promise<FoldedNormalization | undefined> {
  const [constant] = layer.weights;
  const weight = before.weights.find(({ role }) => role === 'weight');
  const channels = weight?.channelAxis === undefined ? undefined : weight.shape[weight.channelAxis];
  if (!constant || whyUnreadable(constant) || channels === undefined) return undefined;
  const numbers = await readNumbers(constant.tensor);
  if (numbers.length !== 1 && numbers.length !== channels) return undefined;
  const factors = Float64Array.from({ length: channels }, (_, c) => numbers[numbers.length === 1 ? 0 : c]!);
  return { layer, factors };
}

/** The numbers of the weight of a layer with the BatchNormalization after it folded in. */
export function foldedNumbers(
  source: NumberSource,
  layer: Layer,
  weight: LayerWeight,
  { factors }: FoldedNormalization,
): NumberSource {
  const channelOf = channelOfElement(layer.node, weight.shape);
  return {
    shape: source.shape,
    async *chunks(signal) {
      let position = 0;
      for await (const chunk of source.chunks(signal)) {
        // A folded weight is rounded to float32 once.
        yield Float32Array.from(chunk, (value, i) => value * factors[channelOf(position + i)]!);
        position += chunk.length;
      }
    },
  };
}
