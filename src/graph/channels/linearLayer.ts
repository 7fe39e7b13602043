import { elementCount } from '../../tensor/elementType.js';
import type { Tensor } from '../../tensor/tensor.js';
import { constantOf } from '../constants.js';
import type { Node } from '../node.js';
import type { Scope } from '../scope.js';

/**
 * A layer that multiplies channels by a constant float32 weight: Conv, ConvTranspose, Gemm, or MatMul by a matrix on the
 * right. Its weight is a matrix of `rows` by `columns` cells of `spatial` elements each, one cell behind the other.
 */
export interface LinearLayer {
  readonly node: Node;
  readonly weight: string;
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly spatial: number;
  /** What the rows are; columns are the other, within the group of the row. */
  readonly rowsAre: 'inputs' | 'outputs';
  readonly groups: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** The constant that is added to the output channels; null where there is none. */
  readonly bias: { readonly name: string; readonly tensor: Tensor } | null;
}

/** Undefined for another operator, and where weight or bias are no plain float32 constants. */
export function linearLayer(scope: Scope, node: Node): LinearLayer | undefined {
  if (node.domain !== '') return undefined;
  const [, weight = '', biasName = ''] = node.inputs;
  const tensor = plainConstant(scope, weight);
  const bias = plainConstant(scope, biasName);
  if (!tensor || (biasName !== '' && !bias)) return undefined;
  const shape = matrixShape(node, tensor.shape);
  if (!shape || elementCount(tensor.shape) === 0) return undefined;
  const { rows, columns, groups, rowsAre } = shape;
  const others = columns * groups;
  const outputChannels = rowsAre === 'outputs' ? rows : others;
  if (bias && !isOfChannels(bias.shape, outputChannels)) return undefined;
  return {
    ...shape,
    node,
    weight,
    tensor,
    inputChannels: rowsAre === 'outputs' ? others : rows,
    outputChannels,
    bias: bias ? { name: biasName, tensor: bias } : null,
  };
}

/** The index in the other direction of the first column of a row. */
export function firstOther({ rows, columns, groups }: LinearLayer, row: number): number {
  return Math.floor(row / (rows / groups)) * columns;
}

/** A float32 constant that is neither sparse nor stored as integers. */
export function plainConstant(scope: Scope, value: string): Tensor | undefined {
  const constant = value === '' ? undefined : constantOf(scope, value);
  if (!constant || constant.sparse || constant.quantization) return undefined;
  return constant.tensor.elementType === 'float32' ? constant.tensor : undefined;
}

function matrixShape(
  node: Node,
  shape: readonly number[],
): Pick<LinearLayer, 'rows' | 'columns' | 'spatial' | 'rowsAre' | 'groups'> | undefined {
  const [rows = 0, columns = 0] = shape;
  const spatial = elementCount(shape.slice(2));
  switch (node.opType) {
    case 'Conv':
    case 'ConvTranspose': {
      const groups = node.int('group', 1);
      const rowsAre = node.opType === 'Conv' ? 'outputs' : 'inputs';
      return shape.length < 3 || rows % groups !== 0 ? undefined : { rows, columns, spatial, rowsAre, groups };
    }
    case 'Gemm': {
      const rowsAre = node.int('transB', 0) !== 0 ? 'outputs' : 'inputs';
      const fits = shape.length === 2 && node.int('transA', 0) === 0;
      return fits ? { rows, columns, spatial, rowsAre, groups: 1 } : undefined;
    }
    case 'MatMul':
      return shape.length === 2 ? { rows, columns, spatial, rowsAre: 'inputs', groups: 1 } : undefined;
    default:
      return undefined;
  }
}

/** [channels], or what Gemm broadcasts along the rows. */
function isOfChannels(shape: readonly number[], channels: number): boolean {
  const size = shape.at(-1) ?? 1;
  return shape.slice(0, -1).every((rows) => rows === 1) && (size === channels || size === 1);
}
