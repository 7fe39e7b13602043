import type { Layer } from '../../graph/layers.js';
import type { ZeroPointTerms } from './cost.js';
import type { Factors } from './factors.js';

export interface ProductSizes {
  readonly macs: number;
  /** Elements of the output. */
  readonly outputs: number;
  /** Outputs that share one sum over activations: output channels of a group, or columns. */
  readonly columns: number;
  /** Elements of the factor `weight`. */
  readonly weightElements: number;
}

/** The output channels of a group of a convolution, the columns of a matrix product. */
export function columnsOf({ node }: Layer, weightShape: readonly number[], outputShape: readonly number[]): number {
  const isConvolution = node.opType.includes('Conv');
  return isConvolution ? (weightShape[0] ?? 1) / node.int('group', 1) : (outputShape.at(-1) ?? 1);
}

/** Counts what zero points add to `macs` products of integers. */
export function zeroPointTerms({ activation, weight }: Factors, sizes: ProductSizes): ZeroPointTerms {
  const { macs, outputs, columns, weightElements } = sizes;
  const rows = weight.zeroPoint !== 'zero';
  const columnTerms = activation.zeroPoint !== 'zero';
  const { isConstant } = weight;
  const rowSums = rows ? macs / columns : 0;
  const columnSums = columnTerms && !isConstant ? weightElements : 0;
  const foldedSums = columnTerms && isConstant ? weightElements : 0;
  // A constant zero point times the sums of a constant weight goes into the bias when the model is loaded.
  const isFolded = isConstant && activation.zeroPoint === 'constant';
  const corrections = (rows ? outputs : 0) + (columnTerms && !isFolded ? outputs : 0);
  const share = macs > 0 ? (rowSums + columnSums + 2 * corrections) / (2 * macs) : 0;
  return { rowSums, columnSums, foldedSums, corrections, share };
}
