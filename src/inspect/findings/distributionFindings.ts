/** Findings on how the numbers of a weight are distributed. */
import type { Layer } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import type { SentenceId } from '../../messages/catalog.js';
import type { MessageParams } from '../../messages/message.js';
import { formatBytes, formatCount, formatInteger, formatNumber, formatPercent } from '../../messages/units.js';
import type { ChannelRanges } from '../../tensor/channelRanges.js';
import type { Histogram } from '../../tensor/histogram.js';
import type { FindingMend, FindingPlace } from '../inspection.js';
import { equalizable } from './equalization.js';
import type { MeasuredWeight, RankedFinding } from './rankedFinding.js';

/** Fewer numbers say nothing about a distribution, or save nothing. */
const leastElements = 16;
const leastElementsOfTails = 1000;

/** The part of the weights that an integer type should spend its codes on. */
const mostWeights = 0.999;
/** Tails are heavy where more than this part of the codes goes to the rest: more than one bit. */
const wastedCodes = 0.5;

/** The widest channel over the narrowest, where channels are long; see `unequalFrom`. */
const unequalChannels = 10;
/** A channel that reaches less than this part of the widest is as good as dead: no scale is for its sake. */
const negligibleChannel = 1e-6;
const mostlyZeros = 0.5;

/** The findings on one weight. */
export function distributionFindings(measured: MeasuredWeight): RankedFinding[] {
  const { layer, weight, statistics } = measured;
  const { count, zeros, min, max, nans, infinities } = statistics;
  const { bytes } = weight;
  const found: RankedFinding[] = [];
  const find = (
    kind: string,
    id: SentenceId,
    params: MessageParams,
    more: { savedBytes?: number; broken?: boolean; tab?: FindingPlace['tab']; mend?: FindingMend } = {},
  ) => {
    const { savedBytes = 0, broken = false, tab = 'weights', mend } = more;
    const message = sentence(id, { layer: layer.name, weight: weight.name, ...params });
    const shows: FindingPlace = { page: 'layers', layer: layer.name, weight: weight.name, tab };
    found.push({ layer: layer.name, kind, message, savedBytes, concernedBytes: bytes, broken, shows, mend });
  };

  if (nans + infinities > 0) {
    const counts = { nans: formatInteger(nans), infinities: formatInteger(infinities) };
    find('not-finite', 'inspect.finding.not-finite', counts, { broken: true });
  }
  if (count < leastElements || !weight.isParameter) return found;

  if (min === max && nans + infinities === 0) {
    const saved = bytes - bytes / count;
    const params = { value: formatNumber(min), bytes: formatBytes(saved) };
    find('constant', 'inspect.finding.constant', params, { savedBytes: saved });
    return found;
  }

  // Of an operator's output: rows of a table of embeddings, say, are none.
  const channels = weight.channelAxis === undefined ? null : statistics.channels;
  const dead = channels ? deadChannels(channels) : 0;
  if (channels && dead > 0) {
    const saved = (bytes * dead) / channels.min.length;
    const params = {
      dead: formatInteger(dead),
      channels: formatInteger(channels.min.length),
      bytes: formatBytes(saved),
    };
    find('dead-channels', 'inspect.finding.dead-channels', params, { savedBytes: saved, tab: 'channels' });
  }

  if (zeros > mostlyZeros * count && !weight.sparse) {
    const saved = bytes - sparseBytes(count - zeros, bytes / count);
    const share = formatPercent(zeros / count, 1);
    if (saved > 0) {
      find('zeros', 'inspect.finding.zeros', { share, bytes: formatBytes(saved) }, { savedBytes: saved });
    } else find('zeros', 'inspect.finding.zeros-compressible', { share });
  }

  const perChannel = weight.quantization?.axis !== undefined;
  const ratio = channels && !perChannel ? rangeRatio(channels) : 1;
  if (channels && ratio > unequalFrom(channels.min.length, count)) {
    const { id, params, options } = channelRanges(layer);
    const mend = { method: 'quantize', options };
    find('channel-ranges', id, { ratio: formatCount(ratio), ...params }, { tab: 'channels', mend });
  } else if (count >= leastElementsOfTails && !weight.quantization) {
    const extreme = Math.max(-min, max);
    const limit = magnitudeOfMost(statistics.histogram);
    if (1 - limit / extreme > wastedCodes) {
      const share = formatPercent(1 - limit / extreme, 0);
      find('tails', 'inspect.finding.tails', { limit: formatNumber(limit), extreme: formatNumber(extreme), share });
    }
  }
  return found;
}

/**
 * From which ratio on the ranges of channels differ by more than chance: of uniform numbers, one of `channels` channels of n
 * numbers lies within 1/ratio of the range with a probability of channels / ratio^n, which shall be one in a million.
 */
function unequalFrom(channels: number, count: number): number {
  return Math.max(unequalChannels, (channels * 1e6) ** (channels / count));
}

/** What mends unequal channels of a layer, and how that is said: a scale each, or scaling them against the next layer's. */
function channelRanges(layer: Layer): { id: SentenceId; params: MessageParams; options: FindingMend['options'] } {
  const found = equalizable(layer);
  if (!found) return { id: 'inspect.finding.channel-ranges', params: {}, options: { perChannel: true } };
  const options = { perChannel: true, equalize: true };
  const next = found.next.name || found.next.opType;
  const between = [...new Set(found.between.map(({ opType }) => opType))].join(', ');
  if (between === '') return { id: 'inspect.finding.channel-ranges-equalize-next', params: { next }, options };
  return { id: 'inspect.finding.channel-ranges-equalize', params: { next, between }, options };
}

/** A `sparse_initializer` with linear positions: 8 bytes each beside the number. */
function sparseBytes(nonzero: number, elementBytes: number): number {
  return nonzero * (elementBytes + 8);
}

function deadChannels({ min, max }: ChannelRanges): number {
  let dead = 0;
  for (let i = 0; i < min.length; i++) if (min[i] === 0 && max[i] === 0) dead++;
  return dead;
}

/** How many times as far from 0 as the narrowest channel the widest reaches. */
export function rangeRatio({ min, max }: ChannelRanges): number {
  const reaches = Array.from({ length: min.length }, (_, i) => Math.max(-min[i]!, max[i]!));
  const widest = reaches.reduce((a, b) => (b > a ? b : a), 0);
  const narrowest = reaches.reduce((a, b) => (b >= negligibleChannel * widest && b < a ? b : a), widest);
  return widest > 0 ? widest / narrowest : 1;
}

/** The least distance from 0 within which `mostWeights` of the weights lie, to the width of a bin. */
function magnitudeOfMost({ min, max, counts }: Histogram): number {
  const width = (max - min) / counts.length;
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  let outside = 0;
  let first = 0;
  let last = counts.length - 1;
  for (;;) {
    const reachLow = -(min + first * width);
    const reachHigh = min + (last + 1) * width;
    const bin = reachLow > reachHigh ? first : last;
    outside += counts[bin]!;
    if (outside > (1 - mostWeights) * total || first >= last) return Math.max(reachLow, reachHigh);
    if (bin === first) first++;
    else last--;
  }
}
