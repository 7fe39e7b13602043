import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Operator, OperatorTable } from './operator.js';
import { sameShape } from './rules.js';

const normalize = (...inputs: Operator['inputs']): Operator => ({ inputs, shapes: sameShape });

/** Y as X; mean and inverse deviation with the normalized axes of size 1. */
function layerNormalizationShapes(c: RuleContext): Shape[] {
  const x = c.shape(0);
  const axis = c.axis(c.node.int('axis', -1), x.length);
  const moments = x.map((size, i) => (i < axis ? size : 1));
  return [x, moments, moments];
}

const layerNormalization: Operator = {
  inputs: ['data', 'weight', 'bias'],
  types: (c) => [c.type(0), 'float32'],
  shapes: layerNormalizationShapes,
};

export const normalization: OperatorTable = {
  BatchNormalization: {
    inputs: ['data', 'weight', 'bias', 'statistic', 'statistic'],
    shapes: (c) => [c.shape(0), ...c.node.outputs.slice(1).map(() => c.shape(1))],
  },
  InstanceNormalization: normalize('data', 'weight', 'bias'),
  LayerNormalization: layerNormalization,
  GroupNormalization: normalize('data', 'weight', 'bias'),
  RMSNormalization: normalize('data', 'weight'),
  LRN: normalize('data'),
  LpNormalization: normalize('data'),
  MeanVarianceNormalization: normalize('data'),
  /** onnxruntime's, which it writes into the standard domain. */
  SimplifiedLayerNormalization: { ...layerNormalization, inputs: ['data', 'weight'] },
};

/** output, mean, inverse deviation, sum of input and skip. */
function skipShapes(c: RuleContext): Shape[] {
  const x = c.shape(0);
  const moments = x.map((size, i) => (i < x.length - 1 ? size : 1));
  return [x, moments, moments, x];
}

export const contribNormalization: OperatorTable = {
  SkipLayerNormalization: { inputs: ['data', 'data', 'weight', 'bias', 'bias'], shapes: skipShapes },
  SimplifiedLayerNormalization: { ...layerNormalization, inputs: ['data', 'weight'] },
  SkipSimplifiedLayerNormalization: { inputs: ['data', 'data', 'weight', 'bias'], shapes: skipShapes },
  GroupNorm: normalize('data', 'weight', 'bias'),
  /** input_ids [batch, sequence], three tables of embeddings -> [batch, sequence, hidden]. */
  EmbedLayerNormalization: {
    inputs: ['argument', 'argument', 'weight', 'weight', 'weight', 'weight', 'bias', 'argument', 'argument'],
    types: (c) => [c.type(2), 'int32', c.type(2)],
    shapes: (c) => {
      const ids = c.shape(0);
      const embedded = [...ids, c.size(2, 1)];
      return [embedded, ids.slice(0, 1), embedded];
    },
  },
};
