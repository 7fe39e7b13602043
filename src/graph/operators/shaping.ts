import type { OperatorTable } from './operator.js';

export const shaping: OperatorTable = {
  Reshape: { inputs: ['data', 'argument'] },
  Flatten: { inputs: ['data'] },
  Transpose: { inputs: ['data'] },
  Squeeze: { inputs: ['data', 'argument'] },
  Unsqueeze: { inputs: ['data', 'argument'] },
  Expand: { inputs: ['data', 'argument'] },
  Tile: { inputs: ['data', 'argument', 'argument'] },
  Concat: { inputs: ['data'] },
  Split: { inputs: ['data', 'argument'] },
  Slice: { inputs: ['data', 'argument'] },
  Pad: { inputs: ['data', 'argument'] },
  Resize: { inputs: ['data', 'argument'] },
  Upsample: { inputs: ['data', 'argument'] },
  DepthToSpace: { inputs: ['data'] },
  SpaceToDepth: { inputs: ['data'] },
  ReverseSequence: { inputs: ['data', 'argument'] },
  CenterCropPad: { inputs: ['data', 'argument'] },
};
