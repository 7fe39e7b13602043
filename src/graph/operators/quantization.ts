import type { OperatorTable } from './operator.js';

export const quantization: OperatorTable = {
  QuantizeLinear: { inputs: ['data', 'scale', 'zeroPoint'] },
  DequantizeLinear: { inputs: ['data', 'scale', 'zeroPoint'] },
};
