/** LSTM on integers: DynamicQuantizeLSTM (com.microsoft; onnxruntime, operators/lstm.py). */
import { Node } from '../../graph/node.js';
import type { Tensor } from '../../tensor/tensor.js';
import { constantParameters } from './constantParameters.js';
import type { DynamicGraph } from './dynamicGraph.js';
import type { QuantizedValue } from './integerGraph.js';
import { areWeightsSymmetric } from './options.js';
import { floatsOf, tensorFrom } from './tensors.js';
import type { Codes } from './weights.js';
import { quantizeArray } from './weights.js';

/** The factors of the input and of the state. */
export function recurrentWeights({ inputs }: Node): string[] {
  return [inputs[1] ?? '', inputs[2] ?? ''];
}

/**
 * Both weights are int8, whatever type is asked for: the kernel multiplies by signed integers fast. Each direction has a
 * scale, or each of its rows.
 */
export async function quantizedLstm(node: Node, graph: DynamicGraph): Promise<void> {
  const [input = '', , , ...rest] = node.inputs;
  const weights: QuantizedValue[] = [];
  for (const value of recurrentWeights(node)) weights.push(await recurrentWeight(value, graph));
  const [w, r] = weights as [QuantizedValue, QuantizedValue];
  const others = Array.from({ length: 5 }, (_, i) => rest[i] ?? '');
  const attributes = new Map([...node.attributes].filter(([name]) => name !== 'layout'));
  const inputs = [input, w.integers, r.integers, ...others, w.scale, w.zeroPoint, r.scale, r.zeroPoint];
  const { outputs } = node;
  // onnxruntime's quantizer forgets the inputs other than the first.
  for (const value of graph.exact ? [] : [input, ...others]) graph.integer.dequantize(value);
  graph.replace(
    node,
    new Node({
      opType: 'DynamicQuantizeLSTM',
      domain: 'com.microsoft',
      name: graph.nameFor(node),
      inputs,
      outputs: [...outputs],
      attributes,
    }),
  );
  if (graph.exact) graph.integer.dequantize(input);
}

/** [directions, 4 * hidden, size] becomes [directions, size, 4 * hidden]. */
async function recurrentWeight(value: string, graph: DynamicGraph): Promise<QuantizedValue> {
  const known = graph.recurrent.get(value);
  if (known) return known;
  const tensor = graph.constantOf(value) as Tensor;
  const [directions = 1, rows = 1, size = 1] = tensor.shape;
  const { options } = graph;
  const shape = options.perChannel ? [directions * rows, size] : [directions, rows * size];
  const use = { isWeight: true, type: 'int8', symmetric: areWeightsSymmetric(options, 'int8'), axis: 0 } as const;
  const data = await floatsOf(tensor);
  const parameters = constantParameters(data, shape, use, options);
  if (!parameters) throw new RangeError(`${value} is not finite`);
  const codes = turned(quantizeArray(data, shape, parameters), directions, rows, size);
  const scaleShape = options.perChannel ? [directions, rows] : [directions];
  const stored = {
    integers: graph.value(`${value}_quantized`),
    scale: graph.value(`${value}_scale`),
    zeroPoint: graph.value(`${value}_zero_point`),
    axis: 0,
  };
  graph.integer.initializer(stored.integers, tensorFrom('int8', [directions, size, rows], codes));
  graph.integer.initializer(stored.scale, tensorFrom('float32', scaleShape, parameters.scales));
  graph.integer.initializer(stored.zeroPoint, tensorFrom('int8', scaleShape, parameters.zeroPoints));
  graph.recurrent.set(value, stored);
  if (graph.exact) graph.integer.define(value, stored);
  return stored;
}

function turned(codes: Codes, matrices: number, rows: number, columns: number): Codes {
  const result = codes.slice();
  for (let m = 0, at = 0; m < matrices; m++) {
    const start = m * rows * columns;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++, at++) result[start + c * rows + r] = codes[at]!;
    }
  }
  return result;
}
