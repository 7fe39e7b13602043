/** Operators that move, choose or repeat elements: the output is on the grid of the input. */
import { Node } from '../../../graph/node.js';
import type { IntegerForm } from './form.js';
import type { Operand } from './operand.js';
import { codeOf, isOnGrid } from './qoperatorGraph.js';
import type { QOperatorGraph } from './qoperatorGraph.js';

/** The same operator on the integers of its first input, where that is quantized already. */
export const direct: IntegerForm = (node, graph) => {
  const [input = '', ...rest] = node.inputs;
  const operand = graph.quantized(input);
  if (!graph.isFloat(input) || !operand || (!graph.exact && operand.axis !== undefined)) return false;
  pass(node, graph, operand, [operand.integers, ...rest]);
  return true;
};

export const since =
  (opset: number, form: IntegerForm): IntegerForm =>
  (node, graph) =>
    graph.request.opset >= opset && form(node, graph);

/** Elements between others are means: those of integers would be cut off, not rounded. */
export const resize: IntegerForm = (node, graph) =>
  (graph.exact || node.string('mode', 'nearest') === 'nearest') && direct(node, graph);

/** onnxruntime's quantizer knows tables of constants alone. */
export const gather: IntegerForm = async (node, graph) => {
  const [table = '', ...rest] = node.inputs;
  if (!graph.isConstant(table)) return !graph.exact && (await direct(node, graph));
  if (!graph.isFloat(table)) return false;
  const operand = await graph.read(table);
  pass(node, graph, { ...operand, axis: undefined }, [operand.integers, ...rest]);
  return true;
};

export const notInReference =
  (form: IntegerForm): IntegerForm =>
  (node, graph) =>
    !graph.exact && form(node, graph);

export const split: IntegerForm = async (node, graph) => {
  const [input = '', ...rest] = node.inputs;
  if (!graph.isFloat(input) || !graph.canRead(input)) return false;
  if (!graph.exact && graph.isConstant(input)) return false;
  const operand = await graph.read(input);
  const { partIntegers, operator } = graph.request.naming;
  const parts = node.outputs.map((output) => (output === '' ? '' : partIntegers(output)));
  const { opType, domain, attributes } = node;
  const inputs = [operand.integers, ...rest];
  const integerNode = new Node({ opType, domain, name: operator(node), inputs, outputs: parts, attributes });
  const outputs = node.outputs.map((output, i) => [output, { ...operand, integers: parts[i]! }] as const);
  graph.settle(
    node,
    integerNode,
    outputs.filter(([output]) => output !== ''),
  );
  return true;
};

/**
 * What is added is the integer that stands for it on the grid of the input. Where that does not reach so far the node stays
 * as it is; onnxruntime's quantizer adds the outermost number of the grid then.
 */
export const pad: IntegerForm = (node, graph) => {
  const [input = '', pads = '', constant = '', ...rest] = node.inputs;
  const operand = graph.quantized(input);
  if (!operand || !graph.isFloat(input)) return false;
  if (node.string('mode', 'constant') !== 'constant') {
    pass(node, graph, operand, [operand.integers, ...node.inputs.slice(1)]);
    return true;
  }
  const value = constant === '' ? operand.zeroPoint : addedValue(constant, operand, graph);
  if (value === undefined) return false;
  pass(node, graph, operand, [operand.integers, pads, value, ...rest]);
  return true;
};

function addedValue(constant: string, operand: Operand, graph: QOperatorGraph): string | undefined {
  const number = graph.exact && !graph.isConstant(constant) ? undefined : graph.numberOf(constant);
  if (number !== undefined) {
    if (!graph.exact && !isOnGrid(number, operand.parameters)) return undefined;
    return graph.code(constant, codeOf(number, operand.parameters), operand, graph.shapeOf(constant));
  }
  if (!graph.exact) return undefined;
  const { naming } = graph.request;
  const quantized = { ...operand, integers: naming.integers(constant) };
  graph.integer.emit(
    new Node({
      opType: 'QuantizeLinear',
      name: naming.quantizeNode(constant),
      inputs: [constant, operand.scale, operand.zeroPoint],
      outputs: [quantized.integers],
    }),
  );
  graph.integer.define(constant, quantized);
  return quantized.integers;
}

/** Reads integers instead of real numbers; which of them is the greatest is the same. */
export const argMax: IntegerForm = (node, graph) => {
  const [input = ''] = node.inputs;
  const operand = graph.quantized(input);
  if (!operand || !graph.isFloat(input)) return false;
  graph.settle(node, new Node({ ...node, inputs: [operand.integers], outputs: [...node.outputs] }), []);
  return true;
};

function pass(node: Node, graph: QOperatorGraph, operand: Operand, inputs: string[]): void {
  const [output = '', ...others] = node.outputs;
  const result = { ...operand, integers: graph.request.naming.integers(output), axis: undefined };
  graph.settle(node, new Node({ ...node, inputs, outputs: [result.integers, ...others] }), [[output, result]]);
}
