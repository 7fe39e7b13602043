import type { Node } from '../../../graph/node.js';
import { intAttribute, intsAttribute } from '../../../graph/node.js';
import type { NodeWriter } from '../../../graph/nodeWriter.js';
import type { Attribute } from '../../../graph/model.js';
import { elementCount } from '../../../tensor/elementType.js';
import type { ProductLayer } from './productLayer.js';

/** Adds the rows of a layer's inputs to its graph: [rows, groups x inputs]. */
export function inputRows(writer: NodeWriter, layer: ProductLayer, weightShape: readonly number[]): string {
  const { node, input, groups, inputs } = layer;
  if (!node.is('Conv')) return writer.reshape(input, [-1, inputs]);
  return positionsAsRows(writer, patches(writer, node, input, weightShape), groups * inputs);
}

/** Adds the rows of a layer's outputs: [rows, groups x outputs]. */
export function outputRows(writer: NodeWriter, { node, output, groups, outputs }: ProductLayer): string {
  if (!node.is('Conv')) return writer.reshape(output, [-1, outputs]);
  return positionsAsRows(writer, output, groups * outputs);
}

/** Adds the sum over rows of x transposed times x, of each group: [groups, inputs, inputs]. */
export function secondMoment(writer: NodeWriter, rows: string, { groups, inputs }: ProductLayer): string {
  if (groups === 1) return writer.reshape(writer.product(rows, rows, { transA: true }), [1, inputs, inputs]);
  const grouped = writer.reshape(rows, [-1, groups, inputs]);
  return writer.add('MatMul', [writer.transpose(grouped, [1, 2, 0]), writer.transpose(grouped, [1, 0, 2])]);
}

/** [samples, channels, positions ...] as [samples x positions, channels]. */
function positionsAsRows(writer: NodeWriter, value: string, channels: number): string {
  const flat = writer.reshape(value, [0, channels, -1]);
  return writer.reshape(writer.transpose(flat, [0, 2, 1]), [-1, channels]);
}

/**
 * The patches under a convolution's kernel as channels, in the order of its weight: a depthwise convolution whose kernels
 * are each 1 at one place.
 */
function patches(writer: NodeWriter, node: Node, input: string, weightShape: readonly number[]): string {
  const kernel = weightShape.slice(2);
  const places = elementCount(kernel);
  const channels = weightShape[1]! * node.int('group', 1);
  const kernels = new Float32Array(channels * places * places);
  for (let c = 0, at = 0; c < channels; c++) for (let p = 0; p < places; p++, at += places) kernels[at + p] = 1;
  const attributes: Record<string, Attribute> = {
    ...Object.fromEntries(node.attributes),
    group: intAttribute(channels),
    kernel_shape: intsAttribute(kernel),
  };
  return writer.add('Conv', [input, writer.floats([channels * places, 1, ...kernel], kernels)], attributes);
}
