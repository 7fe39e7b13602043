import type { Graph } from '../../graph/graph.js';
import type { Node } from '../../graph/node.js';
import type { Range } from '../method.js';

/** The value whose measured range goes for a value, or the range itself where it is known beforehand. */
export type RangeSource = string | Range;

/**
 * Which range each value takes (onnxruntime, adjust_tensor_ranges): what a quantized Relu or Clip alone reads needs only
 * the range of its output, and that of a Softmax is known, there 0 to 1. Values that are not in the map take their own.
 */
export function rangeSources(
  graph: Graph,
  isChosen: (node: Node) => boolean,
  isFloat: (value: string) => boolean,
  softmaxRange: (node: Node) => Range = () => ({ min: 0, max: 1 }),
): Map<string, RangeSource> {
  const sources = new Map<string, RangeSource>();
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    if (!isChosen(node)) continue;
    if (node.opType === 'Softmax') sources.set(output, softmaxRange(node));
    if (node.opType !== 'Relu' && node.opType !== 'Clip') continue;
    if (graph.uses(input).filter((use) => use.index >= 0).length !== 1) continue;
    if (isFloat(input) && isFloat(output)) sources.set(input, sources.get(output) ?? output);
  }
  return sources;
}
