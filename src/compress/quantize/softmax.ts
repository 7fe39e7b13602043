/** What onnxruntime's integer Softmax can and cannot do. In QDQ format it takes the place of one between 8-bit activations. */
import type { Inference } from '../../graph/inference/inference.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { Range } from '../method.js';
import type { ActivationFormat } from './layerSettings.js';

/** Why a Softmax must not be computed on integers: of a single number the kernel makes 0, where 1 is right. */
export function softmaxObjection(model: Model): (layer: Pick<Layer, 'node' | 'graph'>) => Message | undefined {
  const opset = model.opsets.get('') ?? 1;
  let inference: Inference | undefined;
  return ({ node, graph }) => {
    if (!node.is('Softmax')) return undefined;
    inference ??= inferShapes(model);
    const shape = inference.shapeOf(graph, node.inputs[0] ?? '');
    if (!shape) return undefined;
    const axis = node.int('axis', opset < 13 ? 1 : -1);
    const first = axis < 0 ? axis + shape.length : axis;
    // All axes from the first on are one before operator set 13.
    const along = opset < 13 ? shape.slice(first) : shape.slice(first, first + 1);
    return along.every((length) => length === 1) ? sentence('compress.quantize.skipped.softmax-of-one') : undefined;
  };
}

/**
 * The range of what a Softmax gives. The integer kernel takes the number of steps from 0 to 1 as an integer, the inverse
 * of the scale cut off, of which 1/256 loses nothing; with 1/255 the greatest it gives is 254. On random
 * logits 1/256 has about half of the squared error for short rows of moderate logits, and the same for long ones.
 */
export function softmaxRange({ bits, symmetric }: Pick<ActivationFormat, 'bits' | 'symmetric'>): Range {
  return { min: 0, max: bits === 8 && !symmetric ? 255 / 256 : 1 };
}
