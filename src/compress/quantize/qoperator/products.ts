/** Products of integers, summed in 32 bits and brought to the grid of the output: convolution and matrix products. */
import type { QuantizedType } from '../integerRange.js';
import type { IntegerForm } from './form.js';
import type { Operand } from './operand.js';
import type { QOperatorGraph } from './qoperatorGraph.js';
import { microsoft } from './qoperatorGraph.js';

export const convolution: IntegerForm = async (node, graph) => {
  const [input = '', weight = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (!graph.isFloat(input) || !canMultiply(graph, input, weight, output)) return false;
  if (bias !== '' && !graph.isConstant(bias)) return false;
  const result = graph.result(output) as Operand;
  const perChannel = graph.options.perChannel && graph.isConstant(weight);
  const x = await graph.read(input);
  // onnxruntime's quantizer makes weights per channel int8, whatever type is asked for.
  const type = perChannel && graph.exact ? 'int8' : (graph.options.weightType as QuantizedType);
  const w = await graph.weight(weight, perChannel ? 0 : undefined, type);
  const inputs = [...factor(x), ...factor(w), result.scale, result.zeroPoint];
  if (bias !== '') inputs.push(graph.bias(bias, { input: x, weight: w, beta: 1, productFactor: 1 }));
  graph.replace(node, result, { opType: 'QLinearConv', inputs });
  return true;
};

/** A right factor [K, N] has a scale a column; onnxruntime gives a stack of matrices scales along its last axis, too. */
export const matMul: IntegerForm = async (node, graph) => {
  const [left = '', right = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (!graph.isFloat(left) && !graph.isFloat(right)) return false;
  if (!canMultiply(graph, left, right, output)) return false;
  const perColumn = graph.options.perChannel && (graph.exact || graph.shapeOf(right)?.length === 2);
  const a = await graph.read(left);
  const b = await graph.weight(right, perColumn ? -1 : undefined);
  const result = graph.result(output) as Operand;
  const inputs = [...factor(a), ...factor(b), result.scale, result.zeroPoint];
  graph.replace(node, result, { opType: 'QLinearMatMul', inputs, attributes: new Map() });
  return true;
};

/**
 * QGemm adds integers of the scale of its products, alpha included, and knows no beta: both go into the bias.
 * onnxruntime's quantizer puts beta into the scale, where it divides, and forgets alpha.
 */
export const gemm: IntegerForm = async (node, graph) => {
  const [input = '', weight = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (!graph.isFloat(input) && !graph.isFloat(weight)) return false;
  if (!canMultiply(graph, input, weight, output)) return false;
  const isTransposed = node.int('transB', 0) > 0;
  const axis = isTransposed ? 0 : 1;
  const perColumn = graph.options.perChannel && graph.isConstant(weight);
  const columns = graph.shapeOf(weight)?.[axis];
  const rows = bias === '' ? undefined : graph.shapeOf(bias);
  if (bias !== '' && !rows) {
    // The reference reads the weight back from its integers then.
    if (graph.exact) await graph.weight(weight, perColumn ? axis : undefined);
    return false;
  }
  const isSingle = rows !== undefined && rows.every((length) => length === 1);
  if (!graph.exact && rows && perColumn && !isSingle && rows.at(-1) !== columns) return false;
  const x = await graph.read(input);
  const w = await graph.weight(weight, perColumn ? axis : undefined);
  const result = graph.result(output) as Operand;
  const terms = {
    input: x,
    weight: w,
    beta: node.float('beta', 1),
    productFactor: node.float('alpha', 1),
    ...(!graph.exact && perColumn && isSingle && { expandTo: columns }),
  };
  const inputs = [
    ...factor(x),
    ...factor(w),
    bias === '' ? '' : graph.bias(bias, terms),
    result.scale,
    result.zeroPoint,
  ];
  const attributes = new Map([...node.attributes].filter(([name]) => name !== 'beta'));
  graph.replace(node, result, { opType: 'QGemm', domain: microsoft, inputs, attributes });
  return true;
};

function canMultiply(graph: QOperatorGraph, left: string, right: string, output: string): boolean {
  return graph.canRead(left) && graph.canRead(right) && graph.canRead(output);
}

function factor({ integers, scale, zeroPoint }: Operand): string[] {
  return [integers, scale, zeroPoint];
}
