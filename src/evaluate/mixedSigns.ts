import { constantOf } from '../graph/constants.js';
import type { Layer } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import type { Scope } from '../graph/scope.js';
import type { ElementType } from '../tensor/elementType.js';

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

/**
 * Layers that multiply uint8 activations by int8 weights. Kernels for processors without VNNI or ARM's dot product add
 * pairs of such products in 16 bits, where they can saturate.
 */
export function layersOfMixedSigns(layers: readonly Layer[]): Layer[] {
  return layers.filter(({ node, scope, weights }) => {
    const hasInt8Weight = weights.some(({ role, tensor }) => role === 'weight' && tensor.elementType === 'int8');
    return hasInt8Weight && activationType(node, scope) === 'uint8';
  });
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
