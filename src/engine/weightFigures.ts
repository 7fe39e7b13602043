/** The figures of a weight as pages take them: functions of plain data. */
import { rangeRatio } from '../inspect/findings/distributionFindings.js';
import type { IntegerCodes } from '../inspect/integerCodes.js';
import type { CodesDetail, WeightDetail, WeightSummary } from '../protocol/engineService.js';
import type { ChannelRanges } from '../tensor/channelRanges.js';
import { rebin } from '../tensor/histogram.js';
import type { TensorStatistics } from '../tensor/measure.js';

/** Bins of the histogram in a row of the table. */
export const summaryBins = 24;
/** Bars of the plot of channels; of more channels, neighbours share a bar. */
const mostBars = 8192;

export function summaryOf({ min, max, mean, std, zeros, histogram, channels }: TensorStatistics): WeightSummary {
  const channelRatio = channels && channels.min.length > 1 ? rangeRatio(channels) : null;
  return { min, max, mean, std, zeros, channelRatio, histogram: Array.from(rebin(histogram, summaryBins).counts) };
}

export function detailOf(layer: number, weight: string, measured: TensorStatistics): WeightDetail {
  const { histogram, channels, ...statistics } = measured;
  const { min, max, counts } = histogram;
  return {
    layer,
    weight,
    statistics,
    histogram: { min, max, counts: Float64Array.from(counts) },
    channels: channels && channelBars(channels),
  };
}

export function codesOf(layer: number, weight: string, codes: IntegerCodes): CodesDetail {
  const { scales, zeroPoints, ...rest } = codes;
  const count = Math.max(scales.length, zeroPoints.length);
  const perBar = Math.max(1, Math.ceil(count / mostBars));
  const extremesOf = (numbers: Float64Array) => {
    const bars = Math.ceil(numbers.length / perBar);
    const parts = Array.from({ length: bars }, (_, bar) => numbers.subarray(bar * perBar, (bar + 1) * perBar));
    return [
      Float64Array.from(parts, (part) => Math.min(...part)),
      Float64Array.from(parts, (part) => Math.max(...part)),
    ];
  };
  const [leastScale, greatestScale] = extremesOf(scales) as [Float64Array, Float64Array];
  const [leastZeroPoint, greatestZeroPoint] = extremesOf(zeroPoints) as [Float64Array, Float64Array];
  return {
    ...rest,
    layer,
    weight,
    grid: { count, perBar, leastScale, greatestScale, leastZeroPoint, greatestZeroPoint },
  };
}

/** Ranges for at most `mostBars` bars: of neighbours that share a bar, the widest. */
export function channelBars({ axis, min, max }: ChannelRanges, bars = mostBars): NonNullable<WeightDetail['channels']> {
  const count = min.length;
  const perBar = Math.max(1, Math.ceil(count / bars));
  const low = new Float32Array(Math.ceil(count / perBar)).fill(NaN);
  const high = low.slice();
  for (let channel = 0; channel < count; channel++) {
    const bar = Math.floor(channel / perBar);
    // A comparison with NaN is false: a bar without a range takes the first one it meets.
    if (!(low[bar]! <= min[channel]!) && !Number.isNaN(min[channel]!)) low[bar] = min[channel]!;
    if (!(high[bar]! >= max[channel]!) && !Number.isNaN(max[channel]!)) high[bar] = max[channel]!;
  }
  return { axis, count, perBar, min: low, max: high };
}
