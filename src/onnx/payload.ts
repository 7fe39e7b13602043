import type { ByteRange } from './byteSource.js';

/** Elements of a payload field that lie together in the file. */
export interface PayloadRun {
  /** Packed: the values alone. Unpacked: each value after its tag, as it stands in the file. */
  readonly packed: boolean;
  readonly range: ByteRange;
}

/** The elements of a tensor field (`raw_data`, `float_data`, …) where they lie in the file, in order. */
export interface Payload {
  readonly runs: readonly PayloadRun[];
}

/** What the writer puts in the place of a payload field. */
export interface LazyBytes {
  readonly byteLength: number;
  readonly resident?: Uint8Array;
  read(start: number, end: number): Promise<Uint8Array>;
}

/** New elements for a tensor, in `raw_data` layout. */
export interface FreshPayload {
  readonly fresh: LazyBytes;
}
