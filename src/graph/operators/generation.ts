import type { OperatorTable } from './operator.js';

export const generation: OperatorTable = {
  ConstantOfShape: { inputs: ['argument'] },
  Range: { inputs: ['argument'] },
  EyeLike: { inputs: ['data'] },
};
