import type { OperatorTable } from './operator.js';

export const normalization: OperatorTable = {
  BatchNormalization: { inputs: ['data', 'weight', 'bias', 'statistic', 'statistic'] },
  InstanceNormalization: { inputs: ['data', 'weight', 'bias'] },
  LayerNormalization: { inputs: ['data', 'weight', 'bias'] },
  GroupNormalization: { inputs: ['data', 'weight', 'bias'] },
  RMSNormalization: { inputs: ['data', 'weight'] },
  LRN: { inputs: ['data'] },
  LpNormalization: { inputs: ['data'] },
  MeanVarianceNormalization: { inputs: ['data'] },
};

export const contribNormalization: OperatorTable = {
  SkipLayerNormalization: { inputs: ['data', 'data', 'weight', 'bias', 'bias'] },
  SimplifiedLayerNormalization: { inputs: ['data', 'weight'] },
  SkipSimplifiedLayerNormalization: { inputs: ['data', 'data', 'weight', 'bias'] },
  EmbedLayerNormalization: {
    inputs: ['argument', 'argument', 'weight', 'weight', 'weight', 'weight', 'bias', 'argument', 'argument'],
  },
};
