import type { Operator, OperatorTable } from './operator.js';

const reduce: Operator = { inputs: ['data', 'argument'] };

export const reduction: OperatorTable = {
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  ArgMax: { inputs: ['data'] },
  ArgMin: { inputs: ['data'] },
  CumSum: { inputs: ['data', 'argument'] },
};
