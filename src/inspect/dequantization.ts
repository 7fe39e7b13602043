/** How the integers of a quantized weight stand for real numbers, wherever the file keeps their scales. */
import { constantOf } from '../graph/constants.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import { Failure } from '../messages/failure.js';
import { elementCount } from '../tensor/elementType.js';
import { readNumbers } from '../tensor/numbers.js';
import type { Numbers } from '../tensor/statistics.js';
import type { Tensor } from '../tensor/tensor.js';
import { tensorOfArray } from '../tensor/tensor.js';

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

/** The same, read when needed. */
export interface StoredDequantization {
  readonly scales: Tensor;
  readonly zeroPoints?: Tensor;
  readonly axis?: number;
  readonly blockSize?: number;
}

/**
 * The dequantization of a weight; undefined for a weight that is not quantized. Where no scale is constant, it is 1: the
 * numbers are then those that the operator multiplies by a scale of its own. Fails where there are fewer or more scales
 * than the weight's shape asks for.
 */
export async function storedDequantization(
  layer: Layer,
  weight: LayerWeight,
): Promise<StoredDequantization | undefined> {
  const { quantization } = weight;
  if (!quantization) return undefined;
  const scales = quantization.scale ?? (await scalesElsewhere(layer, weight));
  const { zeroPoint: zeroPoints } = quantization;
  const scaleCount = elementCount(scales.shape);
  const zeroPointCount = zeroPoints ? elementCount(zeroPoints.shape) : scaleCount;
  const perAxis = scaleCount > 1 || (zeroPoints ? zeroPointCount : 1) > 1;
  const axis = perAxis ? (quantization.axis ?? weight.channelAxis ?? 0) : undefined;
  const blockSize = perAxis && quantization.scale ? quantization.blockSize : undefined;
  const expected = axis === undefined ? 1 : scalesFor(weight.shape, axis, blockSize);
  for (const count of [scaleCount, zeroPointCount]) {
    if (count === expected || (count === 1 && blockSize === undefined)) continue;
    const shape = `[${weight.shape.join(', ')}]`;
    const params = { weight: weight.name, layer: layer.name, scales: count, shape, expected };
    throw new Failure('inspect.scale-shape', params);
  }
  return { scales, zeroPoints, axis, blockSize };
}

/** `storedDequantization`, read. */
export async function dequantizationOf(layer: Layer, weight: LayerWeight): Promise<Dequantization | undefined> {
  const stored = await storedDequantization(layer, weight);
  if (!stored) return undefined;
  const { scales, zeroPoints, axis, blockSize } = stored;
  return {
    scales: await readNumbers(scales),
    zeroPoints: zeroPoints && (await readNumbers(zeroPoints)),
    axis,
    blockSize,
  };
}

/** The scales that a weight needs: one for each index of the axis, or for each block along it at each other index. */
function scalesFor(shape: readonly number[], axis: number, blockSize: number | undefined): number {
  const length = shape[axis] ?? NaN;
  return blockSize === undefined ? length : (elementCount(shape) / length) * Math.ceil(length / blockSize);
}

/** Inputs whose product is the scale of an integer bias. */
const biasScales: Readonly<Record<string, { readonly bias: number; readonly scales: readonly [number, number] }>> = {
  QLinearConv: { bias: 8, scales: [1, 4] },
  QGemm: { bias: 6, scales: [1, 4] },
};

async function scalesElsewhere(layer: Layer, weight: LayerWeight): Promise<Tensor> {
  const bias = biasScales[layer.node.opType];
  if (bias?.bias === weight.input) {
    const [input, weights] = bias.scales.map((at) => constantOf(layer.scope, layer.node.inputs[at] ?? '')?.tensor);
    if (input && weights) {
      const [inputScale] = await readNumbers(input);
      return floats(Float32Array.from(await readNumbers(weights), (scale) => scale * inputScale!));
    }
  }
  const later = scaleAfter(layer);
  const channels = weight.shape[weight.channelAxis ?? 0];
  const fits = later && [1, channels].includes(elementCount(later.shape));
  return fits ? later : floats(Float32Array.of(1));
}

function floats(data: Float32Array): Tensor {
  return tensorOfArray({ elementType: 'float32', shape: [data.length], data });
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
