import type { Node } from '../node.js';
import type { OperatorTable } from './operator.js';

/** In a product [M, K] x [K, N] the channels are the columns of a right factor and the rows of a left one. */
const factors =
  (left: number, right: number) =>
  (_node: Node, input: number, rank: number): number | undefined => {
    if (rank < 2) return undefined;
    return input === right ? rank - 1 : input === left ? rank - 2 : undefined;
  };

const gemmAxis = (node: Node, input: number): number | undefined => {
  if (input === 1) return node.int('transB', 0) ? 0 : 1;
  return input === 0 ? (node.int('transA', 0) ? 1 : 0) : undefined;
};

export const matrixProduct: OperatorTable = {
  MatMul: { inputs: ['weight', 'weight'], channelAxis: factors(0, 1) },
  Gemm: { inputs: ['weight', 'weight', 'bias'], channelAxis: gemmAxis },
  Einsum: { inputs: ['weight'] },
  MatMulInteger: {
    inputs: ['weight', 'weight', 'zeroPoint', 'zeroPoint'],
    channelAxis: factors(0, 1),
    integerWeights: [
      { input: 0, zeroPoint: 2 },
      { input: 1, zeroPoint: 3 },
    ],
  },
  QLinearMatMul: {
    inputs: ['weight', 'scale', 'zeroPoint', 'weight', 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
    channelAxis: factors(0, 3),
    integerWeights: [
      { input: 0, scale: 1, zeroPoint: 2 },
      { input: 3, scale: 4, zeroPoint: 5 },
    ],
  },
};

export const contribMatrixProduct: OperatorTable = {
  FusedMatMul: { inputs: ['weight', 'weight'] },
  FusedGemm: { inputs: ['weight', 'weight', 'bias'], channelAxis: gemmAxis },
  DynamicQuantizeMatMul: {
    inputs: ['data', 'weight', 'scale', 'zeroPoint', 'bias'],
    channelAxis: factors(0, 1),
    integerWeights: [{ input: 1, scale: 2, zeroPoint: 3 }],
  },
  MatMulIntegerToFloat: {
    inputs: ['weight', 'weight', 'scale', 'scale', 'zeroPoint', 'zeroPoint', 'bias'],
    channelAxis: factors(0, 1),
    integerWeights: [
      { input: 0, scale: 2, zeroPoint: 4 },
      { input: 1, scale: 3, zeroPoint: 5 },
    ],
  },
  QGemm: {
    inputs: ['weight', 'scale', 'zeroPoint', 'weight', 'scale', 'zeroPoint', 'bias', 'scale', 'zeroPoint'],
    channelAxis: (node, input) => (input === 3 ? gemmAxis(node, 1) : undefined),
    integerWeights: [{ input: 3, scale: 4, zeroPoint: 5 }, { input: 6 }],
  },
  /** Weights [N, blocks, bytes a block], `bits` each, packed in uint8. */
  MatMulNBits: {
    inputs: ['data', 'weight', 'scale', 'zeroPoint', 'argument', 'bias'],
    channelAxis: (_node, input) => (input === 1 ? 0 : undefined),
    integerWeights: [{ input: 1, scale: 2, zeroPoint: 3 }],
    packedShape: (node, input) => (input === 1 ? [node.int('N', 0), node.int('K', 0)] : undefined),
  },
};
