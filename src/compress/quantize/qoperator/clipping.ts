/** Relu and Clip on integers. */
import type { Node } from '../../../graph/node.js';
import type { IntegerForm } from './form.js';
import { codeOf } from './qoperatorGraph.js';
import type { QOperatorGraph } from './qoperatorGraph.js';

/** The least operator set with Clip for 8-bit integers. */
const integerClip = 12;

/**
 * Where the limits of the grid cut off no less than the node would, it vanishes; else it becomes a Clip of the integers,
 * with bounds on their grid. onnxruntime's quantizer lets it vanish wherever activations are asymmetric, also where the
 * grid goes beyond the bounds.
 */
export const clipping: IntegerForm = (node, graph) => {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const operand = graph.quantized(input);
  if (!operand || !graph.isFloat(input)) return false;
  if (graph.exact) {
    if (graph.options.symmetricActivations) return false;
    graph.absorb(node, input, output);
    return true;
  }
  const bounds = boundsOf(node, graph);
  if (!bounds || operand.axis !== undefined) return false;
  const { parameters } = operand;
  const low = bounds.low === -Infinity ? parameters.integers.min : codeOf(bounds.low, parameters);
  const high = bounds.high === Infinity ? parameters.integers.max : codeOf(bounds.high, parameters);
  if (low <= parameters.integers.min && high >= parameters.integers.max) {
    graph.absorb(node, input, output);
    return true;
  }
  if (graph.request.opset < integerClip) return false;
  const least = low <= parameters.integers.min ? '' : graph.code(`${output}_min`, low, operand);
  const inputs = [operand.integers, least];
  if (high < parameters.integers.max) inputs.push(graph.code(`${output}_max`, high, operand));
  const result = { ...operand, integers: graph.request.naming.integers(output) };
  graph.replace(node, result, { opType: 'Clip', inputs, attributes: new Map() });
  return true;
};

/** Undefined where a bound is not known beforehand. */
function boundsOf(node: Node, graph: QOperatorGraph): { low: number; high: number } | undefined {
  if (node.opType === 'Relu') return { low: 0, high: Infinity };
  const bound = (index: number, attribute: string, fallback: number) => {
    const value = node.inputs[index];
    return value ? graph.numberOf(value) : node.float(attribute, fallback);
  };
  const low = bound(1, 'min', -Infinity);
  const high = bound(2, 'max', Infinity);
  return low === undefined || high === undefined ? undefined : { low, high };
}
