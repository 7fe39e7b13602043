import type { Numbers } from '../../tensor/statistics.js';
import type { ChannelLayout, ChannelPair } from './channelSketch.js';
import { leastCosine } from './channelSketch.js';
import type { ContentSource } from './contentSource.js';
import type { Vectors } from './vectors.js';

/** Numbers of channels that are held at once: 16 MB of float32. */
const mostNumbers = 1 << 22;
/** Multiplied in some milliseconds. */
const numbersAPart = 1 << 22;

/**
 * Of pairs that may be near duplicates those channels that are one of an earlier, kept channel: cosine `leastCosine` or
 * more. Where the channels of all pairs do not fit in memory, of the first pairs.
 */
export async function nearDuplicates(
  source: ContentSource,
  layout: ChannelLayout,
  pairs: readonly ChannelPair[],
): Promise<ChannelPair[]> {
  const wanted = new Set<number>();
  for (const { earlier, channel } of pairs) {
    if ((wanted.size + 2) * layout.length > mostNumbers) break;
    wanted.add(earlier).add(channel);
  }
  if (wanted.size === 0) return [];
  const inOrder = [...wanted].sort((a, b) => a - b);
  const place = new Map(inOrder.map((channel, i) => [channel, i]));
  const vectors = await readChannels(source, layout, inOrder);
  const squares = new Map<number, number>();
  const squareOf = (at: number): number => {
    const square = squares.get(at) ?? vectors.product(at, at);
    squares.set(at, square);
    return square;
  };
  const found: ChannelPair[] = [];
  const gone = new Set<number>();
  let multiplied = 0;
  for (const pair of pairs) {
    const [a, b] = [place.get(pair.earlier), place.get(pair.channel)];
    if (a === undefined || b === undefined || gone.has(a) || gone.has(b)) continue;
    multiplied += 3 * layout.length;
    if (multiplied > numbersAPart) {
      await source.pause();
      multiplied = 0;
    }
    const cosine = vectors.product(a, b) / Math.sqrt(squareOf(a) * squareOf(b));
    if (!(cosine >= leastCosine)) continue;
    gone.add(b);
    found.push(pair);
  }
  return found;
}

async function readChannels(
  source: ContentSource,
  layout: ChannelLayout,
  inOrder: readonly number[],
): Promise<Vectors> {
  const total = layout.channels * layout.length;
  const count = Math.min(source.chunkElements, total);
  const isWide = (await source.read(0, 1)) instanceof Float64Array;
  const vectors = source.sketches.vectors(inOrder.length, layout.length, isWide);
  for (let position = 0; position < total; position += count) {
    const chunk = await source.read(position, Math.min(count, total - position));
    copyRuns(chunk, position, layout, inOrder, vectors);
    await source.pause();
  }
  return vectors;
}

/** Copies what a chunk holds of the wanted channels. */
function copyRuns(
  chunk: Numbers,
  position: number,
  { channels, run }: ChannelLayout,
  inOrder: readonly number[],
  { numbers, stride }: Vectors,
): void {
  const period = channels * run;
  const end = position + chunk.length;
  const first = Math.floor(position / period);
  inOrder.forEach((channel, i) => {
    for (let outer = first; outer * period < end; outer++) {
      const start = outer * period + channel * run;
      const to = Math.min(start + run, end);
      const base = i * stride + outer * run - start;
      for (let at = Math.max(start, position); at < to; at++) numbers[base + at] = chunk[at - position]!;
    }
  });
}
