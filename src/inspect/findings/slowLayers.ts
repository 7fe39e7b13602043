/** Which layers of a model, as it is written, a target would not run with its fast kernels, and why. */
import { inferShapes } from '../../graph/inferShapes.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { constantOf } from '../../graph/constants.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { ElementType } from '../../tensor/elementType.js';
import { residentNumbers } from '../../tensor/numbers.js';
import type { Numbers } from '../../tensor/statistics.js';
import type { Target } from './targets.js';

export interface SlowLayer {
  readonly layer: string;
  readonly reason: Message;
}

/** Operators that only join types, or carry other layers. */
const passive = new Set([
  'Cast',
  'CastLike',
  'Constant',
  'ConstantOfShape',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'If',
  'Loop',
  'QuantizeLinear',
  'Scan',
  'Shape',
  'Size',
]);

/**
 * Of a target that is asked for integers every layer that computes in float is listed; of one that is not, those whose
 * integers are turned into floats on the way. Source: the table of targets, each with its own.
 */
export function slowLayers(model: Model, target: Target): SlowLayer[] {
  const layers = layersOf(model);
  const shapes = inferShapes(model);
  const typeOf = ({ node, graph }: Layer) => {
    const made = node.outputs.find((value) => value !== '') ?? '';
    return shapes.elementTypeOf(graph, made);
  };
  return layers.flatMap((layer) => {
    const reason = reasonOf(layer, typeOf(layer), target);
    return reason ? [{ layer: layer.name, reason }] : [];
  });
}

function reasonOf(layer: Layer, type: ElementType | undefined, target: Target): Message | undefined {
  const { node } = layer;
  const { fast } = target;
  const params = { op: node.opType, target: target.title };
  if (!fast || passive.has(node.opType)) return undefined;
  if (node.is('ConvInteger')) return sentence('inspect.target.slow.dynamic-convolution', params);
  if (node.domain !== '' || node.opType.startsWith('QLinear') || node.opType.endsWith('Integer')) return undefined;
  const quantized = quantizedInputs(layer);
  if (quantized.length === 0) return floatReason(layer, type, target, params);
  if (fast.passesOn.has(node.opType)) return undefined;
  const activations = quantized.filter(({ isConstant }) => !isConstant);
  if (activations.length === 0) return weightOnlyReason(layer, quantized, target, params);
  if (!fast.operators.has(node.opType)) return sentence('inspect.target.slow.operator', params);
  for (const { type: found, isConstant, isBias, zeroPoints } of quantized) {
    const known = isConstant ? fast.weights : fast.activations;
    if (!isBias && !known.has(found)) return sentence('inspect.target.slow.type', { ...params, type: found });
    if (fast.needsZeroPointZero && zeroPoints?.some((each) => each !== 0)) {
      return sentence('inspect.target.slow.zero-point', params);
    }
  }
  if (fast.floatResults.has(node.opType) || isQuantizedAfter(layer, node, target)) return undefined;
  return sentence('inspect.target.slow.result', params);
}

function floatReason(
  { node, graph }: Layer,
  type: ElementType | undefined,
  { fast, eightBit }: Target,
  params: { op: string; target: string },
): Message | undefined {
  if (type === 'float16' && fast?.computesHalf === false) return sentence('inspect.target.slow.half', params);
  if (type !== 'float32' || eightBit === null || fast?.passesOn.has(node.opType)) return undefined;
  const before = graph.producer(node.inputs[0] ?? '');
  if (fast?.absorbed.has(node.opType) && before && fast.operators.has(before.opType)) return undefined;
  return sentence('inspect.target.slow.float', params);
}

/** Blocks of 4 bits behind a DequantizeLinear are multiplied as they are; other weights become float in each run. */
function weightOnlyReason(
  { node }: Layer,
  quantized: readonly QuantizedInput[],
  { fast }: Target,
  params: { op: string; target: string },
): Message | undefined {
  const isBlocked = quantized.every(({ isBias, isBlocked: blocks }) => isBias || blocks);
  if (node.is('MatMul') && isBlocked && fast?.multipliesBlocks) return undefined;
  return sentence('inspect.target.slow.weight-only', params);
}

interface QuantizedInput {
  readonly type: ElementType;
  readonly isConstant: boolean;
  readonly isBias: boolean;
  readonly isBlocked: boolean;
  /** Where they are in memory. */
  readonly zeroPoints: Numbers | undefined;
}

function quantizedInputs({ node, graph, scope }: Layer): QuantizedInput[] {
  return node.inputs.flatMap((value): QuantizedInput[] => {
    const producer = graph.producer(value);
    if (!producer?.is('DequantizeLinear')) return [];
    const constant = constantOf(scope, producer.inputs[0] ?? '');
    const zero = constantOf(scope, producer.inputs[2] ?? '')?.tensor;
    const type = zero?.elementType ?? constant?.tensor.elementType ?? 'uint8';
    const isBlocked = producer.int('block_size', 0) > 0;
    const zeroPoints = zero && residentNumbers(zero);
    return [{ type, isConstant: constant !== undefined, isBias: type === 'int32', isBlocked, zeroPoints }];
  });
}

/** Does every reader take the result as integers, past activations that melt into the limits of the integers? */
function isQuantizedAfter({ graph }: Layer, node: Node, target: Target): boolean {
  const [output = ''] = node.outputs;
  const uses = graph.uses(output);
  if (graph.isOutput(output) || uses.length === 0) return false;
  return uses.every(({ node: reader }) => {
    if (reader.is('QuantizeLinear')) return true;
    const isAbsorbed = target.fast?.absorbed.has(reader.opType) ?? false;
    return isAbsorbed && graph.uses(reader.outputs[0] ?? '').every(({ node: next }) => next.is('QuantizeLinear'));
  });
}
