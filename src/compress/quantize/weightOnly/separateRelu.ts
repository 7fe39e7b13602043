import type { Graph } from '../../../graph/graph.js';
import type { Names } from '../../../graph/names.js';
import { Node } from '../../../graph/node.js';
import { tensorFrom } from '../tensors.js';
import type { Successors } from './storedWeight.js';

/**
 * Writes the Relu behind a product as the greater of its input and 0. onnxruntime 1.30 fuses a Gemm, and a MatMul with its
 * Add, with the Relu behind it before it looks for products of integers, and then makes real numbers of the whole weight in
 * every run: of 784 x 300 in 4 bits that took 28 times as long. Max is not fused.
 */
export function separateRelu(graph: Graph, names: Names, product: Node): Successors {
  const relu = reluBehind(graph, product);
  if (!relu) return new Map();
  const zero = names.value(`${relu.outputs[0]}_zero`);
  graph.initializers.set(zero, { name: zero, tensor: tensorFrom('float32', [], [0]) });
  const { name, inputs, outputs } = relu;
  const greater = new Node({ opType: 'Max', name, inputs: [...inputs, zero], outputs: [...outputs] });
  graph.add(greater, relu);
  graph.remove(relu);
  return new Map([[relu, greater]]);
}

/** The Relu that alone reads the product, or its sum with a constant. */
function reluBehind(graph: Graph, product: Node): Node | undefined {
  const reader = onlyReader(graph, product);
  const addsBias = (node: Node) => node.is('Add') && node.inputs.some((value) => graph.initializers.has(value));
  const last = reader && addsBias(reader) ? onlyReader(graph, reader) : reader;
  return last?.is('Relu') ? last : undefined;
}

function onlyReader(graph: Graph, { outputs: [output = ''] }: Node): Node | undefined {
  const uses = graph.uses(output);
  const [use] = uses;
  return uses.length === 1 && use && use.index >= 0 && !graph.isOutput(output) ? use.node : undefined;
}
