import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, divideExactly, multiply, product } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { missingAttribute, sameShape } from './rules.js';

interface Heads {
  readonly batch: Size;
  readonly queryHeads: Size;
  readonly keyHeads: Size;
  readonly queries: Size;
  /** Past and present. */
  readonly keys: Size;
  readonly size: Size;
  readonly valueSize: Size;
}

/** Attention-23: Q, K, V as [batch, heads, sequence, size], or as [batch, sequence, heads * size] with attributes. */
function headsOf(c: RuleContext): Heads {
  const rank = c.rank(0) === 4 ? 4 : 3;
  const [q, k, v] = [0, 1, 2].map((input) => c.shapeOfRank(input, rank)) as [Shape, Shape, Shape];
  const past = c.has(4) ? c.size(4, 2) : 0;
  if (rank === 4) {
    return {
      ...{ batch: q[0]!, queryHeads: q[1]!, keyHeads: k[1]!, queries: q[2]!, keys: add(k[2]!, past) },
      ...{ size: q[3]!, valueSize: v[3]! },
    };
  }
  const queryHeads = c.node.int('q_num_heads');
  const keyHeads = c.node.int('kv_num_heads');
  if (!queryHeads || !keyHeads) throw missingAttribute('q_num_heads');
  const size = divideExactly(q[2]!, queryHeads) ?? c.fresh();
  const valueSize = divideExactly(v[2]!, keyHeads) ?? c.fresh();
  return { batch: q[0]!, queryHeads, keyHeads, queries: q[1]!, keys: add(k[1]!, past), size, valueSize };
}

function attentionShapes(c: RuleContext): Shape[] {
  const { batch, queryHeads, keyHeads, queries, keys, size, valueSize } = headsOf(c);
  const output =
    c.rank(0) === 4 ? [batch, queryHeads, queries, valueSize] : [batch, queries, multiply(queryHeads, valueSize)];
  return [
    output,
    [batch, keyHeads, keys, size],
    [batch, keyHeads, keys, valueSize],
    [batch, queryHeads, queries, keys],
  ];
}

/** The scores, and the weighted sum of the values. */
function attentionMacs(c: RuleContext): Size {
  const { batch, queryHeads, queries, keys, size, valueSize } = headsOf(c);
  return product([batch, queryHeads, queries, keys, add(size, valueSize)]);
}

export const attention: OperatorTable = {
  Attention: { inputs: ['data', 'data', 'data', 'argument', 'data'], shapes: attentionShapes, macs: attentionMacs },
  RotaryEmbedding: { inputs: ['data', 'weight', 'weight', 'argument'], shapes: sameShape },
};

/** com.microsoft Attention: the projection of Q, K and V is inside. input [batch, sequence, width], weights [width, 3 * hidden]. */
function projectedHidden(c: RuleContext): Size {
  const sizes = c.node.ints('qkv_hidden_sizes');
  if (sizes) return sizes[2] ?? c.fresh();
  return divideExactly(c.size(1, 1), 3) ?? c.fresh();
}

/** The projection, the scores, and the weighted sum of the values. */
function projectedMacs(c: RuleContext): Size {
  const [batch, sequence, width] = c.shapeOfRank(0, 3) as [Size, Size, Size];
  const projection = product([batch, sequence, width, c.size(1, 1)]);
  return add(projection, product([batch, sequence, sequence, 2, projectedHidden(c)]));
}

const projectedAttention: Operator = {
  inputs: ['data', 'weight', 'bias', 'argument', 'data', 'data'],
  channelAxis: (_node, input, rank) => (input === 1 ? rank - 1 : undefined),
  shapes: (c) => [[c.size(0, 0), c.size(0, 1), projectedHidden(c)]],
  macs: (c) => (c.has(4) ? c.fresh() : projectedMacs(c)),
};

/** query [batch, sequence, hidden], key and value [batch, keys, hidden]; packed layouts are left unresolved. */
const multiHeadAttention: Operator = {
  inputs: ['data', 'data', 'data', 'bias', 'argument', 'data', 'data', 'data'],
  shapes: (c) => [multiHeadOutput(c)],
  macs: (c) => {
    if (c.has(6)) return c.fresh();
    const [batch, queries, valueHidden] = multiHeadOutput(c);
    return product([batch, queries, c.size(1, 1), add(c.size(0, 2), valueHidden)]);
  },
};

function multiHeadOutput(c: RuleContext): [Size, Size, Size] {
  const [batch, queries] = c.shapeOfRank(0, 3) as [Size, Size, Size];
  c.shapeOfRank(1, 3);
  return [batch, queries, c.shapeOfRank(2, 3)[2]!];
}

export const contribAttention: OperatorTable = {
  Attention: projectedAttention,
  QAttention: {
    inputs: ['data', 'weight', 'bias', 'scale', 'scale', 'argument', 'zeroPoint', 'zeroPoint', 'data'],
    integerWeights: [{ input: 1, scale: 4, zeroPoint: 7 }],
    channelAxis: projectedAttention.channelAxis,
    types: (c) => [c.type(3)],
    shapes: projectedAttention.shapes,
    macs: (c) => (c.has(8) ? c.fresh() : projectedMacs(c)),
  },
  MultiHeadAttention: multiHeadAttention,
  RotaryEmbedding: { inputs: ['data', 'argument', 'weight', 'weight'], shapes: sameShape },
};
