/** How the integers of a quantized weight stand for real numbers, wherever the file keeps their scales. */
import { constantOf } from '../graph/constants.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import { readNumbers } from '../tensor/numbers.js';
import type { Numbers } from '../tensor/statistics.js';
import type { Tensor } from '../tensor/tensor.js';

/** real = (integer - zeroPoint) * scale, each chosen by the element's place. */
export interface Dequantization {
  readonly scales: Numbers;
  /** Undefined: 0 everywhere. */
  readonly zeroPoints?: Numbers;
  /** Scales change along this axis; undefined where one goes for all. */
  readonly axis?: number;
  /** Elements along the axis that share a scale, where scales change along the other axes too. */
  readonly blockSize?: number;
}

/**
 * The dequantization of a weight; undefined for a weight that is not quantized. Where no scale is constant, it is 1: the
 * numbers are then those that the operator multiplies by a scale of its own.
 */
export async function dequantizationOf(layer: Layer, weight: LayerWeight): Promise<Dequantization | undefined> {
  const { quantization } = weight;
  if (!quantization) return undefined;
  const scales = quantization.scale ? await readNumbers(quantization.scale) : await scalesElsewhere(layer, weight);
  const zeroPoints = quantization.zeroPoint ? await readNumbers(quantization.zeroPoint) : undefined;
  const perAxis = scales.length > 1 || (zeroPoints?.length ?? 1) > 1;
  const axis = perAxis ? (quantization.axis ?? weight.channelAxis ?? 0) : undefined;
  return { scales, zeroPoints, axis, blockSize: quantization.scale ? quantization.blockSize : undefined };
}

/** Inputs whose product is the scale of an integer bias. */
const biasScales: Readonly<Record<string, { readonly bias: number; readonly scales: readonly [number, number] }>> = {
  QLinearConv: { bias: 8, scales: [1, 4] },
  QGemm: { bias: 6, scales: [1, 4] },
};

async function scalesElsewhere(layer: Layer, weight: LayerWeight): Promise<Numbers> {
  const bias = biasScales[layer.node.opType];
  if (bias?.bias === weight.input) {
    const [input, weights] = bias.scales.map((at) => constantOf(layer.scope, layer.node.inputs[at] ?? '')?.tensor);
    if (input && weights) {
      const [inputScale] = await readNumbers(input);
      return Float32Array.from(await readNumbers(weights), (scale) => scale * inputScale!);
    }
  }
  const later = scaleAfter(layer);
  return later ? readNumbers(later) : Float32Array.of(1);
}

/**
 * The weight's scale where an operator of integers leaves it to later nodes, as onnxruntime's dynamic quantization
 * writes it: MatMulInteger or ConvInteger, Cast to float, Mul by (input scale * weight scale).
 */
function scaleAfter({ node, graph, scope }: Layer): Tensor | undefined {
  const cast = onlyReader(node.outputs[0], 'Cast');
  const product = onlyReader(cast?.outputs[0], 'Mul');
  if (!cast || !product) return undefined;
  const factor = product.inputs.find((input) => input !== cast.outputs[0]) ?? '';
  const scales = graph.producer(factor);
  const candidates = scales?.is('Mul') ? scales.inputs : [factor];
  return candidates.map((name) => constantOf(scope, name)?.tensor).find((tensor) => tensor !== undefined);

  function onlyReader(value: string | undefined, opType: string): Node | undefined {
    const [use, ...more] = value === undefined ? [] : graph.uses(value);
    return more.length === 0 && use?.node.is(opType) ? use.node : undefined;
  }
}
