/** Weights in QDQ format: a DequantizeLinear before the operator, which stays as it is (ONNX, DequantizeLinear). */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { intAttribute } from '../../../graph/node.js';
import type { Node } from '../../../graph/node.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Naming } from '../naming.js';
import { scaleLayout } from '../scaleLayout.js';
import type { ValueParameters } from '../valueParameters.js';
import { picksRowsOfBytes, pickThenDequantize } from './pickedRows.js';
import { dequantizeLinear, replaceByIntegers } from './storedWeight.js';
import type { Successors, WrittenWeight } from './storedWeight.js';
import { turnedWeight } from './turnedWeight.js';

/**
 * The nodes read the real numbers under the weight's name. A Gemm that reads its weight turned over gets it straight: else
 * onnxruntime does not multiply by the integers. What picks rows of bytes picks them before they become real numbers.
 */
export function writeDequantized(graph: Graph, opset: number, naming: Naming, written: WrittenWeight): Successors {
  const { sites, weight } = written;
  if (sites.every((site) => picksRowsOfBytes(site, written.rounded.parameters, opset))) {
    return pickThenDequantize(graph, naming, written);
  }
  const straightened = sites.every(({ node }) => readsTurned(node)) && isMultipliedRight(written);
  if (straightened) for (const { node } of sites) node.attributes.delete('transB');
  const straight = straightened ? turnedWeight(written) : written;
  const { parameters } = straight.rounded;
  const stored = replaceByIntegers(graph, naming, straight, scaleLayout(straight.shape, parameters).scaleShape);
  const output = naming.dequantizedWeight(weight);
  const node = dequantizeLinear(naming.dequantizeNode(weight), stored, output, granularityAttributes(parameters));
  graph.add(node, sites[0]?.node);
  if (output !== weight) graph.replaceUses(weight, output);
  return new Map();
}

/**
 * onnxruntime 1.30 computes rubbish where it makes a MatMulNBits of a DequantizeLinear with 2 bits whose columns are no multiple
 * of 4. MatMul has such weights in 4 bits (`LayerSettingsResolver`); those of a Gemm stay turned over.
 */
function isMultipliedRight({ shape: [outputs = 0], rounded }: WrittenWeight): boolean {
  return elementTypes[rounded.parameters.type].bits !== 2 || outputs % 4 === 0;
}

function readsTurned(node: Node): boolean {
  return node.is('Gemm') && node.int('transB', 0) !== 0;
}

function granularityAttributes({ axis, blockSize }: ValueParameters): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  if (axis !== undefined) attributes.set('axis', intAttribute(axis));
  if (blockSize !== undefined) attributes.set('block_size', intAttribute(blockSize));
  return attributes;
}
