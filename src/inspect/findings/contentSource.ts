import type { Numbers } from '../../tensor/statistics.js';
import type { ChannelLayout, ChannelSketch } from './channelSketch.js';
import type { MatrixSize, RowSketch } from './rowSketch.js';
import type { Subspace } from './subspace.js';
import type { Vectors } from './vectors.js';

/** Gives other work its turn; throws where nobody waits any more. */
export type Pause = () => void | Promise<void>;

/** Where the search for what numbers have in common reads them, and by what it sketches them. */
export interface ContentSource {
  /** Elements of a weight that are read in one go. */
  readonly chunkElements: number;
  /** `count` elements from `start` on, until the next are read. */
  read(start: number, count: number): Numbers | Promise<Numbers>;
  readonly pause: Pause;
  readonly sketches: Sketches;
}

/** The inner loops: plain or compiled, to the bit the same. */
export interface Sketches {
  channels(layout: ChannelLayout): ChannelSketch;
  rows(matrix: MatrixSize): RowSketch;
  /** Does something with memory, all of which is given back when it is done. */
  scoped<T>(act: () => Promise<T>): Promise<T>;
  vectors(count: number, length: number, isWide: boolean): Vectors;
  /** Of at most so many dimensions. */
  subspace(columns: number, dimensions: number): Subspace;
}
