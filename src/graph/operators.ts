/** The one table of operator knowledge. */
import type { Node } from './node.js';
import type { Operator, OperatorTable } from './operators/operator.js';
import { contribConvolution, convolution } from './operators/convolution.js';
import { elementwise } from './operators/elementwise.js';
import { generation } from './operators/generation.js';
import { indexing } from './operators/indexing.js';
import { contribMatrixProduct, matrixProduct } from './operators/matrixProduct.js';
import { contribNormalization, normalization } from './operators/normalization.js';
import { quantization } from './operators/quantization.js';
import { contribRecurrent, recurrent } from './operators/recurrent.js';
import { reduction } from './operators/reduction.js';
import { shaping } from './operators/shaping.js';

const standard: OperatorTable = {
  ...convolution,
  ...matrixProduct,
  ...recurrent,
  ...normalization,
  ...elementwise,
  ...shaping,
  ...indexing,
  ...reduction,
  ...generation,
  ...quantization,
};

/** onnxruntime's own operators. */
const microsoft: OperatorTable = {
  ...contribConvolution,
  ...contribMatrixProduct,
  ...contribRecurrent,
  ...contribNormalization,
};

const domains: ReadonlyMap<string, ReadonlyMap<string, Operator>> = new Map([
  ['', new Map(Object.entries(standard))],
  ['com.microsoft', new Map(Object.entries(microsoft))],
]);

/** What is known of a node's operator; undefined for operators that Tare does not know. */
export function operatorOf(node: Node): Operator | undefined {
  return domains.get(node.domain)?.get(node.opType);
}
