import type { Graph } from '../../../graph/graph.js';
import type { Node } from '../../../graph/node.js';
import { elementCount } from '../../../tensor/elementType.js';
import type { SentenceId } from '../../../messages/catalog.js';
import type { RoundingTask } from './rounding.js';

/**
 * A layer as a product of matrices, in groups of channels: each row of outputs is a row of inputs times the weight's
 * rows, [groups, outputs, inputs], and a bias. The rows of a convolution's inputs are the patches under its kernel.
 */
export interface ProductLayer {
  readonly node: Node;
  readonly weight: string;
  readonly input: string;
  readonly output: string;
  /** An initializer with one number, or one for each output. */
  readonly bias: string | undefined;
  /** The factors of the product and of the bias (Gemm). */
  readonly alpha: number;
  readonly beta: number;
  readonly groups: number;
  /** Of one group. */
  readonly outputs: number;
  /** Of one output. */
  readonly inputs: number;
  /** Where in the weight's tensor the element of row r (of groups x outputs) and input k lies: r rowStep + k inputStep. */
  readonly rowStep: number;
  readonly inputStep: number;
}

/** Why a weight cannot be seen so. */
export type NoProduct = Extract<SentenceId, `compress.quantize.rounding.left.${string}`>;

/** The layer that reads a task's weight, or why there is none that can be treated. */
export function productLayer(graph: Graph, { weight, readers, shape }: RoundingTask): ProductLayer | NoProduct {
  const [node] = readers;
  if (!node || readers.length > 1) return 'compress.quantize.rounding.left.shared';
  if (node.inputs.indexOf(weight) !== 1 || node.inputs.lastIndexOf(weight) !== 1) {
    return 'compress.quantize.rounding.left.operator';
  }
  const form = formOf(node, shape);
  if (!form) return 'compress.quantize.rounding.left.operator';
  const bias = node.inputs[2] || undefined;
  const length = bias === undefined ? 1 : graph.initializers.get(bias)?.tensor.shape;
  const fits = length === 1 || (length && [1, form.groups * form.outputs].includes(elementCount(length)));
  if (!fits) return 'compress.quantize.rounding.left.bias';
  return {
    node,
    weight,
    bias,
    input: node.inputs[0]!,
    output: node.outputs[0]!,
    alpha: node.float('alpha', 1),
    beta: node.float('beta', 1),
    ...form,
  };
}

type Form = Pick<ProductLayer, 'groups' | 'outputs' | 'inputs' | 'rowStep' | 'inputStep'>;

function formOf(node: Node, shape: readonly number[]): Form | undefined {
  if (node.is('Conv')) {
    const groups = node.int('group', 1);
    const inputs = elementCount(shape.slice(1));
    return { groups, outputs: shape[0]! / groups, inputs, rowStep: inputs, inputStep: 1 };
  }
  if (shape.length !== 2) return undefined;
  const [first, second] = shape as [number, number];
  if (node.is('Gemm') && node.int('transA', 0) === 0 && node.int('transB', 0) === 1) {
    return { groups: 1, outputs: first, inputs: second, rowStep: second, inputStep: 1 };
  }
  if (node.is('MatMul') || (node.is('Gemm') && node.int('transA', 0) === 0)) {
    return { groups: 1, outputs: second, inputs: first, rowStep: 1, inputStep: second };
  }
  return undefined;
}

/** Elements of the weight's tensor in the order of rows: [groups, outputs, inputs]. */
export function toRows(layer: ProductLayer, elements: ArrayLike<number>): Float32Array {
  const { inputs, rowStep, inputStep } = layer;
  const rows = new Float32Array(elements.length);
  for (let row = 0, at = 0; at < rows.length; row++) {
    for (let k = 0, from = row * rowStep; k < inputs; k++, from += inputStep) rows[at++] = elements[from]!;
  }
  return rows;
}

/** The other way: writes rows into an array in the order of the weight's tensor. */
export function fromRows<T extends { [index: number]: number; readonly length: number }>(
  layer: ProductLayer,
  rows: ArrayLike<number>,
  elements: T,
): T {
  const { inputs, rowStep, inputStep } = layer;
  for (let row = 0, at = 0; at < rows.length; row++) {
    for (let k = 0, to = row * rowStep; k < inputs; k++, to += inputStep) elements[to] = rows[at++]!;
  }
  return elements;
}
