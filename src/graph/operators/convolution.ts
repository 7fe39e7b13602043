import type { Operator, OperatorTable } from './operator.js';

/** Weights [M, C/group, k…]: the output channels come first. */
const conv: Operator = {
  inputs: ['data', 'weight', 'bias'],
  channelAxis: (_node, input) => (input === 1 ? 0 : undefined),
};

export const convolution: OperatorTable = {
  Conv: conv,
  /** Weights [C, M/group, k…]. */
  ConvTranspose: { ...conv, channelAxis: (_node, input) => (input === 1 ? 1 : undefined) },
  DeformConv: {
    inputs: ['data', 'weight', 'data', 'bias', 'data'],
    channelAxis: (_node, input) => (input === 1 ? 0 : undefined),
  },
  ConvInteger: {
    inputs: ['data', 'weight', 'zeroPoint', 'zeroPoint'],
    channelAxis: (_node, input) => (input === 1 ? 0 : undefined),
    integerWeights: [{ input: 1, zeroPoint: 3 }],
  },
  QLinearConv: {
    inputs: ['data', 'scale', 'zeroPoint', 'weight', 'scale', 'zeroPoint', 'scale', 'zeroPoint', 'bias'],
    channelAxis: (_node, input) => (input === 3 ? 0 : undefined),
    integerWeights: [{ input: 3, scale: 4, zeroPoint: 5 }, { input: 8 }],
  },
};

export const contribConvolution: OperatorTable = {
  FusedConv: { inputs: ['data', 'weight', 'bias', 'data'], channelAxis: conv.channelAxis },
};
