import type { Node } from '../node.js';
import type { Operator, OperatorTable } from './operator.js';

/** W [directions, gates * hidden, input], R [directions, gates * hidden, hidden]. */
const gateAxis = (_node: Node, input: number) => (input === 1 || input === 2 ? 1 : undefined);
const cell: Operator = {
  inputs: ['data', 'weight', 'weight', 'bias', 'argument', 'data', 'data', 'weight'],
  channelAxis: gateAxis,
};

export const recurrent: OperatorTable = { RNN: cell, GRU: cell, LSTM: cell };

export const contribRecurrent: OperatorTable = {
  /** As onnxruntime's dynamic quantization makes it: W and R transposed, [directions, input, gates * hidden]. */
  DynamicQuantizeLSTM: {
    inputs: [...cell.inputs, 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
    channelAxis: (_node, input) => (input === 1 || input === 2 ? 2 : undefined),
    integerWeights: [
      { input: 1, scale: 8, zeroPoint: 9 },
      { input: 2, scale: 10, zeroPoint: 11 },
    ],
  },
};
