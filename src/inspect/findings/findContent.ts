/** What the numbers of a weight have in common beyond their distribution: a second reading. */
import type { ChannelLayout, ChannelPair } from './channelSketch.js';
import type { ContentSource } from './contentSource.js';
import { nearDuplicates } from './nearDuplicates.js';
import type { NumericalRank } from './numericalRank.js';
import { numericalRank } from './numericalRank.js';
import type { MatrixSize } from './rowSketch.js';
import type { ScannedValues } from './valueScan.js';
import { ValueScan } from './valueScan.js';

/** What is looked for in a weight, as plain data. */
export interface ContentRequest {
  readonly elements: number;
  /** Of an element as it is stored. */
  readonly bits: number;
  /** The channels of which near duplicates are looked for. */
  readonly layout?: ChannelLayout;
  /** The matrix whose rank is looked for. */
  readonly matrix?: MatrixSize;
  /** Channels that hold more than zeros. */
  readonly living: number;
}

export interface FoundContent {
  readonly values: ScannedValues;
  /** Channels that are near duplicates of another, and one such pair; undefined where there is none. */
  readonly alike?: { readonly duplicates: number; readonly channels: number; readonly pair: readonly [number, number] };
  readonly rank?: NumericalRank;
}

export async function findContent(
  source: ContentSource,
  { elements, bits, layout, matrix, living }: ContentRequest,
): Promise<FoundContent> {
  const { chunkElements, pause, sketches } = source;
  const scan = new ValueScan(bits);
  const channels = layout && sketches.channels(layout);
  const rows = matrix && sketches.rows(matrix);
  for (let position = 0; position < elements; position += chunkElements) {
    const chunk = await source.read(position, Math.min(chunkElements, elements - position));
    if (!scan.isDecided) scan.add(chunk);
    channels?.add(chunk, position);
    rows?.add(chunk, position);
    await pause();
    if (scan.isDecided && !channels && !rows) break;
  }

  const alike: ChannelPair[] = [];
  for (const part of channels?.candidates() ?? []) {
    alike.push(...part);
    await pause();
  }
  const pairs = layout ? await sketches.scoped(() => nearDuplicates(source, layout, alike)) : [];
  const spanning = await rows?.spanningRows(pause);
  // Channels of zeros lower the rank and have a finding of their own: is it lower still?
  const rank =
    matrix && spanning && spanning.length < 0.9 * living
      ? await sketches.scoped(() => numericalRank(source, matrix, spanning))
      : undefined;
  return {
    values: scan.result(),
    alike: pairs[0] && {
      duplicates: pairs.length,
      channels: layout!.channels,
      pair: [pairs[0].earlier, pairs[0].channel],
    },
    rank,
  };
}
