import { constantOf } from '../graph/constants.js';
import type { Layer } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import type { Scope } from '../graph/scope.js';
import type { ElementType } from '../tensor/elementType.js';
import type { Tensor } from '../tensor/tensor.js';

/** Operators of floats that onnxruntime runs on integers between QuantizeLinear and DequantizeLinear. */
const fusedOperators = new Set(['Conv', 'MatMul', 'Gemm']);

/** Operators of integers, with the input that is the zero point of the activations and so tells their type. */
const integerOperators: Readonly<Record<string, number>> = {
  QLinearConv: 2,
  QLinearMatMul: 2,
  QGemm: 2,
  MatMulInteger: 2,
  ConvInteger: 2,
};

/** Two products of 255 with weights up to it in magnitude add up within 16 bits: 2 * 255 * 64 = 32,640. */
const greatestSafeWeight = 64;

/**
 * Layers whose sums can saturate on some processor: they multiply uint8 activations by int8 weights, and kernels for
 * processors without VNNI or ARM's dot product add pairs of such products in 16 bits. Weights within 7 bits are safe.
 */
export async function layersThatCanSaturate(layers: readonly Layer[]): Promise<Layer[]> {
  const found: Layer[] = [];
  for (const layer of layers) {
    const weight = layer.weights.find(({ role, tensor }) => role === 'weight' && tensor.elementType === 'int8');
    if (!weight || activationType(layer.node, layer.scope) !== 'uint8') continue;
    if (await hasWideWeight(weight.tensor)) found.push(layer);
  }
  return found;
}

async function hasWideWeight({ bytes }: Tensor): Promise<boolean> {
  const weights = new Int8Array(await bytes.read());
  return weights.some((weight) => Math.abs(weight) > greatestSafeWeight);
}

function activationType(node: Node, scope: Scope): ElementType | undefined {
  const zeroPointInput = integerOperators[node.opType];
  if (zeroPointInput !== undefined) return zeroPointType(scope, node.inputs[zeroPointInput]);
  if (node.is('DynamicQuantizeMatMul', 'com.microsoft')) return 'uint8';
  if (!fusedOperators.has(node.opType)) return undefined;
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
