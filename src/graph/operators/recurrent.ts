import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, product } from '../inference/size.js';
import type { Node } from '../node.js';
import type { Operator, OperatorTable } from './operator.js';

const directionsOf = (node: Node) => (node.string('direction', 'forward') === 'bidirectional' ? 2 : 1);

/** R is [directions, gates * hidden, hidden]; onnxruntime's quantized LSTM has its last axes exchanged. */
function hiddenSize(c: RuleContext, gates: number): Size {
  const attribute = c.node.int('hidden_size');
  if (attribute !== undefined) return attribute;
  const [, a, b] = c.shapeOfRank(2, 3);
  return gates === 1 || typeof a !== 'number' || typeof b !== 'number' ? b! : Math.min(a, b);
}

/** X [sequence, batch, input] (layout 0) or [batch, sequence, input] (layout 1). */
function sequenceAndBatch(c: RuleContext): [Size, Size] {
  const [first, second] = c.shapeOfRank(0, 3) as [Size, Size, Size];
  return c.node.int('layout', 0) ? [second, first] : [first, second];
}

/** Y, the last hidden state and, for an LSTM, the last cell state. */
function recurrentShapes(c: RuleContext, gates: number): Shape[] {
  const hidden = hiddenSize(c, gates);
  const [sequence, batch] = sequenceAndBatch(c);
  const directions = directionsOf(c.node);
  const batchFirst = c.node.int('layout', 0) !== 0;
  const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [batchFirst ? [batch, sequence, directions, hidden] : [sequence, directions, batch, hidden], state, state];
}

function recurrentMacs(c: RuleContext, gates: number): Size {
  const hidden = hiddenSize(c, gates);
  const steps = product([...sequenceAndBatch(c), directionsOf(c.node), gates]);
  return product([steps, hidden, add(c.size(0, 2), hidden)]);
}

/** W [directions, gates * hidden, input], R [directions, gates * hidden, hidden]. */
const cell = (gates: number): Operator => ({
  inputs: ['data', 'weight', 'weight', 'bias', 'argument', 'data', 'data', 'weight'],
  channelAxis: (_node, input) => (input === 1 || input === 2 ? 1 : undefined),
  shapes: (c) => recurrentShapes(c, gates),
  macs: (c) => recurrentMacs(c, gates),
});

export const recurrent: OperatorTable = { RNN: cell(1), GRU: cell(3), LSTM: cell(4) };

export const contribRecurrent: OperatorTable = {
  /** As onnxruntime's dynamic quantization makes it: W and R transposed, [directions, input, gates * hidden]. */
  DynamicQuantizeLSTM: {
    ...cell(4),
    inputs: [...cell(4).inputs, 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
    channelAxis: (_node, input) => (input === 1 || input === 2 ? 2 : undefined),
    integerWeights: [
      { input: 1, scale: 8, zeroPoint: 9 },
      { input: 2, scale: 10, zeroPoint: 11 },
    ],
  },
};
