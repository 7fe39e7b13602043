import { constantOf } from '../graph/constants.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import type { Scope } from '../graph/scope.js';
import { sumsProductsOfEightBits } from '../inspect/findings/fastInEightBits.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementCount } from '../tensor/elementType.js';

/** Operators of integers, with the input that is the zero point of the activations and so tells their type. */
const integerOperators: Readonly<Record<string, number>> = {
  QLinearConv: 2,
  QLinearMatMul: 2,
  QGemm: 2,
  MatMulInteger: 2,
  ConvInteger: 2,
};

/** Two products of 255 with weights of one sign add up within 16 bits: 255 * 128 = 32,640. */
const greatestSafePair = 128;

/**
 * Layers whose sums can saturate on some processor: they multiply uint8 activations by int8 weights, and kernels for
 * processors without VNNI or ARM's dot product add pairs of such products in 16 bits. Weights within 7 bits are safe; so
 * are all others where no two of one sign that go into the same output are more than 128 together. Which two a kernel
 * adds depends on the kernel: any two may be.
 */
export async function layersThatCanSaturate(layers: readonly Layer[]): Promise<Layer[]> {
  const found: Layer[] = [];
  for (const layer of layers) {
    const weight = layer.weights.find(({ role, tensor }) => role === 'weight' && tensor.elementType === 'int8');
    if (!weight || activationType(layer.node, layer.scope) !== 'uint8') continue;
    if (await hasUnsafePair(weight)) found.push(layer);
  }
  return found;
}

async function hasUnsafePair({ tensor, channelAxis }: LayerWeight): Promise<boolean> {
  const { shape } = tensor;
  const weights = new Int8Array(await tensor.bytes.read());
  const channels = channelAxis === undefined ? 1 : (shape[channelAxis] ?? 1);
  const inner = channelAxis === undefined ? weights.length : elementCount(shape.slice(channelAxis + 1));
  /** The greatest of each channel, of positive weights and then of negative ones. */
  const greatest = new Uint8Array(2 * channels);
  for (const [i, weight] of weights.entries()) {
    const channel = Math.floor(i / inner) % channels;
    const at = weight < 0 ? channels + channel : channel;
    const magnitude = Math.abs(weight);
    // The greatest so far and this one: some pair is beyond the limit if and only if one of these is.
    if (greatest[at]! > 0 && greatest[at]! + magnitude > greatestSafePair) return true;
    greatest[at] = Math.max(greatest[at]!, magnitude);
  }
  return false;
}

function activationType(node: Node, scope: Scope): ElementType | undefined {
  const zeroPointInput = integerOperators[node.opType];
  if (zeroPointInput !== undefined) return zeroPointType(scope, node.inputs[zeroPointInput]);
  if (node.is('DynamicQuantizeMatMul', 'com.microsoft')) return 'uint8';
  if (!sumsProductsOfEightBits(node)) return undefined;
  for (const value of node.inputs) {
    const producer = scope.graph.producer(value);
    if (producer?.is('DequantizeLinear') && !constantOf(scope, value)) {
      return zeroPointType(scope, producer.inputs[2]);
    }
  }
  return undefined;
}

/** Without a zero point the type is uint8; DynamicQuantizeLinear gives uint8 always. */
function zeroPointType(scope: Scope, value: string | undefined): ElementType | undefined {
  if (value === undefined || value === '') return 'uint8';
  if (scope.graph.producer(value)?.is('DynamicQuantizeLinear')) return 'uint8';
  return constantOf(scope, value)?.tensor.elementType;
}
