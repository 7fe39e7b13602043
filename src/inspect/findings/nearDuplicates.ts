import type { Numbers } from '../../tensor/statistics.js';
import type { ChannelLayout, ChannelPair } from './channelSketch.js';
import { leastCosine } from './channelSketch.js';
import type { ContentSource } from './contentSource.js';

/** Numbers of channels that are held at once: 16 MB of float32. */
const mostNumbers = 1 << 22;
/** Compared in some milliseconds. */
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
  const vectors = await readChannels(source, layout, wanted);
  const squares = new Map<number, number>();
  const squareOf = (channel: number, vector: Numbers) => {
    const square = squares.get(channel) ?? product(vector, vector);
    squares.set(channel, square);
    return square;
  };
  const found: ChannelPair[] = [];
  const gone = new Set<number>();
  let compared = 0;
  for (const pair of pairs) {
    const [a, b] = [vectors.get(pair.earlier), vectors.get(pair.channel)];
    if (!a || !b || gone.has(pair.earlier) || gone.has(pair.channel)) continue;
    const cosine = product(a, b) / Math.sqrt(squareOf(pair.earlier, a) * squareOf(pair.channel, b));
    compared += 3 * layout.length;
    if (compared > numbersAPart) {
      await source.pause();
      compared = 0;
    }
    if (!(cosine >= leastCosine)) continue;
    gone.add(pair.channel);
    found.push(pair);
  }
  return found;
}

async function readChannels(
  source: ContentSource,
  { channels, run, length }: ChannelLayout,
  wanted: ReadonlySet<number>,
): Promise<Map<number, Numbers>> {
  const vectors = new Map<number, Numbers>();
  const inOrder = [...wanted].sort((a, b) => a - b);
  if (inOrder.length === 0) return vectors;
  const total = channels * length;
  for (let position = 0; position < total; position += source.chunkElements) {
    const chunk = await source.read(position, Math.min(source.chunkElements, total - position));
    if (vectors.size === 0) {
      const Vector = chunk instanceof Float64Array ? Float64Array : Float32Array;
      for (const channel of inOrder) vectors.set(channel, new Vector(length));
    }
    copyRuns(chunk, position, channels, run, inOrder, vectors);
    await source.pause();
  }
  return vectors;
}

/** Copies what a chunk holds of the wanted channels. */
function copyRuns(
  chunk: Numbers,
  position: number,
  channels: number,
  run: number,
  inOrder: readonly number[],
  vectors: ReadonlyMap<number, Numbers>,
): void {
  const period = channels * run;
  const end = position + chunk.length;
  for (let outer = Math.floor(position / period); outer * period < end; outer++) {
    for (const channel of inOrder) {
      const start = outer * period + channel * run;
      const from = Math.max(start, position);
      const to = Math.min(start + run, end);
      const vector = vectors.get(channel)!;
      for (let i = from; i < to; i++) vector[outer * run + i - start] = chunk[i - position]!;
    }
  }
}

function product(a: Numbers, b: Numbers): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
