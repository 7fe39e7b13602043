import { PlainChannelSketch } from './channelSketch.js';
import type { Sketches } from './contentSource.js';
import { PlainRowSketch } from './rowSketch.js';
import { PlainSubspace } from './subspace.js';

export const plainSketches: Sketches = {
  channels: (layout) => new PlainChannelSketch(layout),
  rows: (matrix) => new PlainRowSketch(matrix),
  subspace: (columns) => new PlainSubspace(columns),
};
