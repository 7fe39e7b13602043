/** Findings on how the numbers of a weight are distributed. */
import { sentence } from '../../messages/catalog.js';
import type { SentenceId } from '../../messages/catalog.js';
import type { MessageParams } from '../../messages/message.js';
import { formatBytes, formatCount, formatInteger, formatNumber, formatPercent } from '../../messages/units.js';
import type { ChannelRanges } from '../../tensor/channelRanges.js';
import type { Histogram } from '../../tensor/histogram.js';
import type { MeasuredWeight, RankedFinding } from './rankedFinding.js';

/** Fewer numbers say nothing about a distribution, or save nothing. */
const leastElements = 16;
const leastElementsOfTails = 1000;

/** The part of the weights that an integer type should spend its codes on. */
const mostWeights = 0.999;
/** Tails are heavy where more than this part of the codes goes to the rest: more than one bit. */
const wastedCodes = 0.5;

const unequalChannels = 10;
/** A channel that reaches less than this part of the widest is as good as dead: no scale is for its sake. */
const negligibleChannel = 1e-6;
const mostlyZeros = 0.5;

/** The findings on one weight. */
export function distributionFindings(measured: MeasuredWeight): RankedFinding[] {
  const { layer, weight, statistics } = measured;
  const { count, zeros, min, max, nans, infinities, channels } = statistics;
  const { bytes } = weight;
  const found: RankedFinding[] = [];
  const find = (kind: string, id: SentenceId, params: MessageParams, savedBytes = 0, broken = false) => {
    const message = sentence(id, { layer: layer.name, weight: weight.name, ...params });
    found.push({ layer: layer.name, kind, message, savedBytes, concernedBytes: bytes, broken });
  };

  if (nans + infinities > 0) {
    const counts = { nans: formatInteger(nans), infinities: formatInteger(infinities) };
    find('not-finite', 'inspect.finding.not-finite', counts, 0, true);
  }
  if (count < leastElements || !weight.isParameter) return found;

  if (min === max && nans + infinities === 0) {
    const saved = bytes - bytes / count;
    find('constant', 'inspect.finding.constant', { value: formatNumber(min), bytes: formatBytes(saved) }, saved);
    return found;
  }

  const dead = channels ? deadChannels(channels) : 0;
  if (channels && dead > 0) {
    const saved = (bytes * dead) / channels.min.length;
    const params = {
      dead: formatInteger(dead),
      channels: formatInteger(channels.min.length),
      bytes: formatBytes(saved),
    };
    find('dead-channels', 'inspect.finding.dead-channels', params, saved);
  }

  if (zeros > mostlyZeros * count && !weight.sparse) {
    const saved = bytes - sparseBytes(count - zeros, bytes / count);
    const share = formatPercent(zeros / count, 1);
    if (saved > 0) find('zeros', 'inspect.finding.zeros', { share, bytes: formatBytes(saved) }, saved);
    else find('zeros', 'inspect.finding.zeros-compressible', { share });
  }

  const perChannel = weight.quantization?.axis !== undefined;
  const ratio = channels && !perChannel ? rangeRatio(channels) : 1;
  if (ratio > unequalChannels) {
    find('channel-ranges', 'inspect.finding.channel-ranges', { ratio: formatCount(ratio) });
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
