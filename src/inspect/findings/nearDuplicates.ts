import type { Tensor } from '../../tensor/tensor.js';
import { tensorNumbers } from '../../tensor/numbers.js';
import type { Numbers } from '../../tensor/statistics.js';
import type { ChannelLayout, ChannelPair } from './channelSketch.js';
import { leastCosine } from './channelSketch.js';

/** Numbers of channels that are held at once: 32 MB. */
const mostNumbers = 1 << 22;

/**
 * Of pairs that may be near duplicates those channels that are one of an earlier, kept channel: cosine `leastCosine` or
 * more. Where the channels of all pairs do not fit in memory, of the first pairs.
 */
export async function nearDuplicates(
  tensor: Tensor,
  layout: ChannelLayout,
  pairs: readonly ChannelPair[],
  signal?: AbortSignal,
): Promise<ChannelPair[]> {
  const wanted = new Set<number>();
  for (const { earlier, channel } of pairs) {
    if ((wanted.size + 2) * layout.length > mostNumbers) break;
    wanted.add(earlier).add(channel);
  }
  const vectors = await readChannels(tensor, layout, wanted, signal);
  const squares = new Map([...vectors].map(([channel, vector]) => [channel, product(vector, vector)]));
  const found: ChannelPair[] = [];
  const gone = new Set<number>();
  for (const pair of pairs) {
    const [a, b] = [vectors.get(pair.earlier), vectors.get(pair.channel)];
    if (!a || !b || gone.has(pair.earlier) || gone.has(pair.channel)) continue;
    const cosine = product(a, b) / Math.sqrt(squares.get(pair.earlier)! * squares.get(pair.channel)!);
    if (!(cosine >= leastCosine)) continue;
    gone.add(pair.channel);
    found.push(pair);
  }
  return found;
}

async function readChannels(
  tensor: Tensor,
  { channels, run, length }: ChannelLayout,
  wanted: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<Map<number, Float64Array>> {
  const vectors = new Map([...wanted].map((channel) => [channel, new Float64Array(length)]));
  if (wanted.size === 0) return vectors;
  const inOrder = [...wanted].sort((a, b) => a - b);
  let position = 0;
  for await (const chunk of tensorNumbers(tensor).chunks(signal)) {
    copyRuns(chunk, position, channels, run, inOrder, vectors);
    position += chunk.length;
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
  vectors: ReadonlyMap<number, Float64Array>,
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

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
