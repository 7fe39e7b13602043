import type { Inference } from '../graph/inference/inference.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { layerBytes, layerParameters } from '../graph/layers.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import { StoredBytes } from '../onnx/storedTensor.js';
import { isNumeric } from '../tensor/numbers.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LayerCost } from './cost/cost.js';
import type { CostBasis } from './cost/costBasis.js';
import type { LayerCard, WeightCard } from './inspection.js';
import { sizes } from './modelCard.js';

/** One card a layer, in the order of the layers. */
export function layerCards(
  layers: readonly Layer[],
  shapes: Inference,
  basis: CostBasis,
  costs: readonly LayerCost[],
): LayerCard[] {
  return layers.map((layer, i) => {
    const { name, node, graph } = layer;
    const outputShape = shapes.shapeOf(graph, node.outputs.find((output) => output !== '') ?? '');
    return {
      name,
      op: node.opType,
      domain: node.domain,
      inputs: node.inputs,
      outputs: node.outputs,
      parameters: layerParameters(layer),
      bytes: layerBytes(layer),
      macs: basis.macsOf(node),
      cost: costs[i]!,
      weights: listedWeights(layer).map(weightCard),
      outputShape: outputShape ? sizes(outputShape) : null,
    };
  });
}

/**
 * The weights of a layer that a person sees: its parameters, and other tables of more than one element. Not what steers
 * the operator (shapes, axes, bounds, the 0.5 of a formula), nor scales and zero points, which belong to their weight.
 */
export function listedWeights({ weights }: Layer): LayerWeight[] {
  const steering = new Set(['argument', 'scale', 'zeroPoint']);
  return weights.filter(({ isParameter, role, elements }) => isParameter || (!steering.has(role) && elements > 1));
}

/** Why the numbers of a weight cannot be measured, as far as that is known without reading them. */
export function whyUnreadable({ tensor, quantization, sparse }: LayerWeight): Message | undefined {
  const parts = [tensor, quantization?.scale, quantization?.zeroPoint, sparse?.indices];
  for (const part of parts) {
    const failure = part && storedBytes(part)?.failure;
    if (failure) return sentence('inspect.unreadable', { reason: failure.message, mend: failure.mend });
  }
  if (isNumeric(tensor.elementType)) return undefined;
  return sentence('inspect.no-numbers', { dtype: tensor.elementType });
}

function weightCard(weight: LayerWeight): WeightCard {
  const { name, tensor, shape, bytes, input, storage } = weight;
  const isExternal = storedBytes(tensor)?.externalSource !== undefined || isMissingExternal(tensor);
  return {
    name,
    dtype: tensor.elementType,
    shape,
    bytes,
    input,
    storage: isExternal && (storage === 'initializer' || storage === 'constant') ? 'external' : storage,
    unreadable: whyUnreadable(weight),
  };
}

function storedBytes(tensor: Tensor): StoredBytes | undefined {
  return tensor.bytes instanceof StoredBytes ? tensor.bytes : undefined;
}

function isMissingExternal(tensor: Tensor): boolean {
  return storedBytes(tensor)?.failure?.code.startsWith('onnx.external') ?? false;
}
