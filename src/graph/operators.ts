/** The one table of operator knowledge. */
import type { Node } from './node.js';
import { attention, contribAttention } from './operators/attention.js';
import { control } from './operators/control.js';
import { contribConvolution, convolution } from './operators/convolution.js';
import { contribElementwise, elementwise } from './operators/elementwise.js';
import { generation } from './operators/generation.js';
import { contribIndexing, indexing } from './operators/indexing.js';
import { contribMatrixProduct, matrixProduct } from './operators/matrixProduct.js';
import { contribNormalization, normalization } from './operators/normalization.js';
import type { Operator, OperatorTable } from './operators/operator.js';
import { contribPooling, pooling } from './operators/pooling.js';
import { contribQuantization, quantization } from './operators/quantization.js';
import { contribRecurrent, recurrent } from './operators/recurrent.js';
import { contribReduction, reduction } from './operators/reduction.js';
import { resizing } from './operators/resizing.js';
import { shaping } from './operators/shaping.js';

const standard: OperatorTable = {
  ...attention,
  ...control,
  ...convolution,
  ...elementwise,
  ...generation,
  ...indexing,
  ...matrixProduct,
  ...normalization,
  ...pooling,
  ...quantization,
  ...recurrent,
  ...reduction,
  ...resizing,
  ...shaping,
};

/** onnxruntime's own operators. */
const microsoft: OperatorTable = {
  ...contribAttention,
  ...contribConvolution,
  ...contribElementwise,
  ...contribIndexing,
  ...contribMatrixProduct,
  ...contribNormalization,
  ...contribPooling,
  ...contribQuantization,
  ...contribRecurrent,
  ...contribReduction,
};

const domains: ReadonlyMap<string, ReadonlyMap<string, Operator>> = new Map([
  ['', new Map(Object.entries(standard))],
  ['com.microsoft', new Map(Object.entries(microsoft))],
]);

/** What is known of a node's operator; undefined for operators that Tare does not know. */
export function operatorOf({ domain, opType }: Pick<Node, 'domain' | 'opType'>): Operator | undefined {
  return domains.get(domain)?.get(opType);
}
