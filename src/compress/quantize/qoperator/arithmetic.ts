/** Operators on integers whose output has a grid of its own. */
import { intAttribute } from '../../../graph/node.js';
import type { Attribute } from '../../../graph/model.js';
import type { IntegerForm } from './form.js';
import type { Operand } from './operand.js';
import { microsoft } from './qoperatorGraph.js';
import type { IntegerOperator } from './qoperatorGraph.js';

const triple = ({ integers, scale, zeroPoint }: Operand) => [integers, scale, zeroPoint];

/** Sum or product of two tensors. */
export const arithmetic: IntegerForm = async (node, graph) => {
  const [output = ''] = node.outputs;
  if (!graph.isFloat(node.inputs[0] ?? '')) return false;
  if (![...node.inputs, output].every((value) => graph.canRead(value))) return false;
  const result = graph.result(output) as Operand;
  const operands: string[] = [];
  for (const value of node.inputs) operands.push(...triple(await graph.read(value)));
  const inputs = [...operands, result.scale, result.zeroPoint];
  graph.replace(node, result, { opType: `QLinear${node.opType}`, domain: microsoft, inputs });
  return true;
};

/** A function of each element, or a pool: one input. `form` tells what else is different. */
const ofOne =
  (
    form: (integerNode: { attributes: Map<string, Attribute>; opset: number }) => Partial<IntegerOperator>,
  ): IntegerForm =>
  async (node, graph) => {
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    if (!graph.isFloat(input) || !graph.canRead(input) || !graph.canRead(output)) return false;
    const result = graph.result(output) as Operand;
    const inputs = [...triple(await graph.read(input)), result.scale, result.zeroPoint];
    const attributes = new Map(node.attributes);
    graph.replace(node, result, {
      opType: `QLinear${node.opType}`,
      domain: microsoft,
      inputs,
      attributes,
      ...form({ attributes, opset: graph.request.opset }),
    });
    return true;
  };

export const elementwise: IntegerForm = ofOne(() => ({}));
export const averagePool: IntegerForm = elementwise;

/** The axis is written out, because that of QLinearSoftmax is -1 always if it is not. */
export const softmax: IntegerForm = (node, graph) =>
  ofOne(({ attributes, opset }) => {
    attributes.set('opset', intAttribute(opset));
    if (!graph.exact && !attributes.has('axis')) attributes.set('axis', intAttribute(opset < 13 ? 1 : -1));
    return {};
  })(node, graph);

/** Onnxruntime's quantizer takes the mean where the input is quantized already, and so it is here. */
export const globalAveragePool: IntegerForm = (node, graph) => {
  const input = graph.quantized(node.inputs[0] ?? '');
  const [output = ''] = node.outputs;
  if (!graph.isFloat(node.inputs[0] ?? '') || !input) return false;
  const own = graph.result(output);
  const result = own ?? { ...input, integers: graph.request.naming.integers(output) };
  const attributes = new Map(node.attributes).set('channels_last', intAttribute(0));
  const inputs = [...triple(input), result.scale, result.zeroPoint];
  graph.replace(node, result, { opType: 'QLinearGlobalAveragePool', domain: microsoft, inputs, attributes });
  return true;
};

export const concatenation: IntegerForm = async (node, graph) => {
  const [output = ''] = node.outputs;
  if (!graph.isFloat(node.inputs[0] ?? '')) return false;
  if (![...node.inputs, output].every((value) => graph.canRead(value))) return false;
  const result = graph.result(output) as Operand;
  const inputs = [result.scale, result.zeroPoint];
  for (const value of node.inputs) inputs.push(...triple(await graph.read(value)));
  graph.replace(node, result, { opType: 'QLinearConcat', domain: microsoft, inputs });
  return true;
};

/**
 * One of two values where at least one is quantized already. onnxruntime's quantizer leaves Where as it is, and forgets
 * to make real numbers of what it reads.
 */
export const selection: IntegerForm = async (node, graph) => {
  const [condition = '', yes = '', no = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (graph.exact) {
    graph.integer.emit(node);
    return true;
  }
  if (!graph.quantized(yes) && !graph.quantized(no)) return false;
  if (![yes, no, output].every((value) => graph.canRead(value))) return false;
  const result = graph.result(output) as Operand;
  const inputs = [condition, ...triple(await graph.read(yes)), ...triple(await graph.read(no))];
  inputs.push(result.scale, result.zeroPoint);
  graph.replace(node, result, { opType: 'QLinearWhere', domain: microsoft, inputs });
  return true;
};
