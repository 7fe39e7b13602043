import type { OperatorTable } from './operator.js';

export const indexing: OperatorTable = {
  /** The table of an embedding. */
  Gather: { inputs: ['weight', 'argument'] },
  GatherElements: { inputs: ['weight', 'argument'] },
  GatherND: { inputs: ['weight', 'argument'] },
  ScatterElements: { inputs: ['data', 'argument', 'data'] },
  Scatter: { inputs: ['data', 'argument', 'data'] },
  ScatterND: { inputs: ['data', 'argument', 'data'] },
  Compress: { inputs: ['data', 'argument'] },
  OneHot: { inputs: ['argument'] },
  TopK: { inputs: ['data', 'argument'] },
  NonMaxSuppression: { inputs: ['data', 'data', 'argument'] },
  RoiAlign: { inputs: ['data', 'argument'] },
  GridSample: { inputs: ['data', 'argument'] },
};
