/** What stands for each operator in QOperator format (onnxruntime, quantization/operators and registry.py). */
import type { Node } from '../../../graph/node.js';
import { isEmbedding, quantizedEmbedding, embeddingTables } from '../embedLayerNormalization.js';
import {
  arithmetic,
  averagePool,
  concatenation,
  elementwise,
  globalAveragePool,
  selection,
  softmax,
} from './arithmetic.js';
import { clipping } from './clipping.js';
import type { IntegerForm } from './form.js';
import { argMax, direct, gather, notInReference, pad, resize, since, split } from './moving.js';
import { convolution, gemm, matMul } from './products.js';

const embedding: IntegerForm = async (node, graph) => {
  if (!isEmbedding(node, graph.exact) || !embeddingTables(node).every((table) => graph.canRead(table))) return false;
  const name = graph.request.naming.operator(node);
  graph.settle(node, await quantizedEmbedding(node, name, (table) => graph.read(table)), []);
  return true;
};

const forms: Readonly<Record<string, IntegerForm>> = {
  Conv: convolution,
  MatMul: matMul,
  Gemm: gemm,
  Add: arithmetic,
  Mul: arithmetic,
  Concat: concatenation,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  LeakyRelu: elementwise,
  Sigmoid: elementwise,
  Softmax: softmax,
  Where: selection,
  Relu: clipping,
  Clip: clipping,
  Reshape: direct,
  Squeeze: direct,
  Unsqueeze: direct,
  Flatten: direct,
  Transpose: direct,
  MaxPool: since(12, direct),
  Resize: since(11, resize),
  Pad: since(11, pad),
  Split: split,
  Gather: gather,
  GatherElements: notInReference(direct),
  Slice: notInReference(direct),
  ArgMax: argMax,
  EmbedLayerNormalization: embedding,
};

/** What onnxruntime's own quantizer leaves in real numbers in this format. */
const notOfReference = new Set(['Slice', 'GatherElements']);

export function hasIntegerForm(node: Node, exact: boolean): boolean {
  if (!Object.hasOwn(forms, node.opType)) return false;
  if (exact) return !notOfReference.has(node.opType);
  return node.domain === (node.opType === 'EmbedLayerNormalization' ? 'com.microsoft' : '');
}

export function integerFormOf(node: Node): IntegerForm {
  return forms[node.opType] as IntegerForm;
}
