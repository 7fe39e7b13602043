/** What the operators for integers in blocks cannot take (onnxruntime, ContribOperators.md). */
import type { Inference } from '../../../graph/inference/inference.js';
import type { Model } from '../../../graph/model.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { WeightFormat } from '../layerSettings.js';
import type { WeightSite } from './weightSite.js';

/** Tensors can have 4 bits since this operator set. */
const fourBitOpset = 21;

/** Why MatMulNBits or GatherBlockQuantized cannot stand for a layer. */
export function blockedObjection(
  { graph, opsets }: Model,
  inference: Inference,
  { node, use, input, shape, channelAxis, blockAxis }: WeightSite,
  { type }: WeightFormat,
): Message | undefined {
  switch (use) {
    case 'convolution':
      return sentence('compress.quantize.skipped.no-blocked-form', { op: node.opType });
    case 'lookup': {
      const { bits } = elementTypes[type];
      if (bits < 4) return sentence('compress.quantize.skipped.lookup-bits', { bits });
      if (bits === 4 && (opsets.get('') ?? 0) < fourBitOpset) {
        return sentence('compress.quantize.skipped.lookup-opset', { opset: fourBitOpset });
      }
      return blockAxis === undefined || channelAxis === blockAxis
        ? sentence('compress.quantize.skipped.lookup-one-axis')
        : undefined;
    }
    case 'product': {
      const [activation = '', , bias = ''] = node.inputs;
      const isMatrix = shape.length >= 2 && shape.slice(0, -2).every((size) => size === 1);
      const rank = inference.shapeOf(graph, activation)?.length;
      const keepsRank = shape.length === 2 || (rank !== undefined && rank >= shape.length);
      if (input !== 1 || !isMatrix || !keepsRank || node.int('transA', 0) !== 0) {
        return sentence('compress.quantize.skipped.not-right-matrix');
      }
      if (bias === '') return undefined;
      const outputs = shape[channelAxis ?? 0];
      const size = inference.shapeOf(graph, bias);
      const isVector = size?.length === 1 && size[0] === outputs;
      return isVector && node.float('beta', 1) === 1
        ? undefined
        : sentence('compress.quantize.skipped.scaled-bias', { bias });
    }
  }
}
