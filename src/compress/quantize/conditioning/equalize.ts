/** Cross-layer equalization: channels of successive layers scaled against each other until their ranges are alike. */
import type { ChannelGroup, Consumer } from '../../../graph/channels/channelGroups.js';
import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { firstOther } from '../../../graph/channels/linearLayer.js';
import type { ChannelScales } from './channelScales.js';
import { cellMagnitudes } from './channelScales.js';

/** Rounds over all groups at most; ranges settle within twenty or so. */
const mostRounds = 100;

/** Scales have settled when none moves by more than this part in a round. */
const settled = 1e-3;

/** A channel that reaches less than this part of the widest of its weight is as good as dead, and is left as it is. */
const negligible = 1e-6;

/**
 * The scales that make the ranges of each channel alike on both sides: with r the greatest magnitude of a channel in the
 * weights that make it and in those that read it, each over that of its whole weight, a channel is divided by
 * sqrt(r_made / r_read) (Nagel et al. 2019, Data-Free Quantization, section 4.1, equation 11; the division by the whole
 * range leaves the size of activations alone). Where several layers make or read a channel the greatest r counts. Groups
 * are taken in turn until nothing moves.
 */
export async function equalizingScales(groups: readonly ChannelGroup[], signal?: AbortSignal): Promise<ChannelScales> {
  const scales = new Map(groups.map((group) => [group, new Float64Array(group.count).fill(1)]));
  const weights = new Map<LinearLayer, ScaledWeight>();
  const weightOf = async (layer: LinearLayer) => {
    const weight = weights.get(layer) ?? { layer, cells: await cellMagnitudes(layer), made: null, read: null };
    weights.set(layer, weight);
    return weight;
  };
  for (const [group, own] of scales) {
    for (const layer of group.producers) (await weightOf(layer)).made = own;
    for (const { layer, inner } of group.consumers) (await weightOf(layer)).read = { scales: own, inner };
  }
  for (let round = 0; round < mostRounds; round++) {
    let largestMove = 0;
    for (const [group, own] of scales) {
      signal?.throwIfAborted();
      const made = group.producers.map((layer) => outputRanges(weights.get(layer)!));
      const read = group.consumers.map((consumer) => inputRanges(weights.get(consumer.layer)!, consumer, group.count));
      for (let c = 0; c < own.length; c++) {
        const factor = Math.sqrt(greatestShare(made, c) / greatestShare(read, c));
        if (!Number.isFinite(factor) || factor === 0) continue;
        own[c]! *= factor;
        largestMove = Math.max(largestMove, Math.abs(factor - 1));
      }
    }
    if (largestMove < settled) break;
  }
  return scales;
}

interface ScaledWeight {
  readonly layer: LinearLayer;
  readonly cells: Float32Array;
  made: Float64Array | null;
  read: { readonly scales: Float64Array; readonly inner: number } | null;
}

/** The reach of each channel, and of the widest. */
interface Ranges {
  readonly channels: Float64Array;
  readonly widest: number;
}

/** 0 where the channel is negligible everywhere. */
function greatestShare(ranges: readonly Ranges[], channel: number): number {
  let greatest = 0;
  for (const { channels, widest } of ranges) {
    const share = channels[channel]! / widest;
    if (share > negligible) greatest = Math.max(greatest, share);
  }
  return greatest;
}

function outputRanges(weight: ScaledWeight): Ranges {
  const channels = new Float64Array(weight.layer.outputChannels);
  eachCell(weight, (magnitude, output) => (channels[output] = Math.max(channels[output]!, magnitude)));
  return rangesOf(channels);
}

function inputRanges(weight: ScaledWeight, { inner }: Consumer, count: number): Ranges {
  const channels = new Float64Array(count);
  eachCell(weight, (magnitude, _output, input) => {
    const channel = Math.floor(input / inner);
    channels[channel] = Math.max(channels[channel]!, magnitude);
  });
  return rangesOf(channels);
}

function rangesOf(channels: Float64Array): Ranges {
  return { channels, widest: channels.reduce((a, b) => Math.max(a, b), 0) };
}

/** Visits the cells of a weight as they are with the scales of the moment. */
function eachCell(
  { layer, cells, made, read }: ScaledWeight,
  visit: (magnitude: number, output: number, input: number) => void,
): void {
  const { rows, columns, rowsAre } = layer;
  for (let row = 0, cell = 0; row < rows; row++) {
    const first = firstOther(layer, row);
    for (let column = 0; column < columns; column++, cell++) {
      const output = rowsAre === 'outputs' ? row : first + column;
      const input = rowsAre === 'outputs' ? first + column : row;
      let magnitude = cells[cell]!;
      if (made) magnitude /= made[output]!;
      if (read) magnitude *= read.scales[Math.floor(input / read.inner)]!;
      visit(magnitude, output, input);
    }
  }
}
