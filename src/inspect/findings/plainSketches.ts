import { PlainChannelSketch } from './channelSketch.js';
import type { Sketches } from './contentSource.js';
import { PlainRowSketch } from './rowSketch.js';
import { PlainSubspace } from './subspace.js';
import { PlainVectors } from './vectors.js';

export const plainSketches: Sketches = {
  channels: (layout) => new PlainChannelSketch(layout),
  rows: (matrix) => new PlainRowSketch(matrix),
  scoped: (act) => act(),
  vectors: (count, length, isWide) => new PlainVectors(count, length, isWide),
  subspace: (columns) => new PlainSubspace(columns),
};
