/** The channels of a weight in the orders in which they are shown. Pure. */

interface Ranges {
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
}

export interface ChannelRow {
  readonly channel: number;
  readonly min: number;
  readonly max: number;
  readonly range: number;
}

export type ChannelKey = keyof ChannelRow;

export function channelRows({ min, max }: Ranges): ChannelRow[] {
  return Array.from({ length: min.length }, (_, channel) => ({
    channel,
    min: min[channel]!,
    max: max[channel]!,
    range: max[channel]! - min[channel]!,
  }));
}

/** Sorted anew; what is not a number comes last, and equal ones stay in the order of the channels. */
export function sortChannels(rows: readonly ChannelRow[], key: ChannelKey, descending: boolean): ChannelRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [a[key], b[key]];
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a.channel - b.channel;
    return x === y ? a.channel - b.channel : sign * (x - y);
  });
}

/** The channels in their own order, or from the widest range to the narrowest. */
export function channelOrder(ranges: Ranges, byRange: boolean): number[] {
  const rows = channelRows(ranges);
  return (byRange ? sortChannels(rows, 'range', true) : rows).map(({ channel }) => channel);
}
