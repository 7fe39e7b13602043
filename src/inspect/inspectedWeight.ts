import type { Message } from '../messages/message.js';
import { rebin } from '../tensor/histogram.js';
import type { TensorStatistics } from '../tensor/measure.js';
import type { InspectedWeight, WeightCard } from './inspection.js';

const nothing = {
  min: null,
  max: null,
  mean: null,
  std: null,
  zeros: null,
  nans: null,
  infinities: null,
  kurtosis: null,
  histogram: null,
  channels: null,
};

/** A weight's card with its figures, or with the reason why it has none. */
export function inspectedWeight(
  card: WeightCard,
  measured: TensorStatistics | Message | undefined,
  bins: number,
): InspectedWeight {
  if (!measured) return { ...card, ...nothing };
  if ('id' in measured) return { ...card, ...nothing, unreadable: measured };
  const { count, mean, std, zeros, nans, infinities, kurtosis, histogram, channels } = measured;
  const figure = (value: number) => (count === 0 ? null : value);
  return {
    ...card,
    min: figure(leastNumber(measured)),
    max: figure(greatestNumber(measured)),
    mean: figure(mean),
    std: figure(std),
    zeros,
    nans,
    infinities,
    kurtosis: figure(kurtosis),
    histogram: Number.isNaN(histogram.min) ? null : rebin(histogram, bins),
    channels,
  };
}

/** Infinite ones included; NaN where there is no number. */
function leastNumber({ min, infinities, negativeInfinities }: TensorStatistics): number {
  if (negativeInfinities > 0) return -Infinity;
  return Number.isNaN(min) && infinities > 0 ? Infinity : min;
}

function greatestNumber({ max, infinities, negativeInfinities }: TensorStatistics): number {
  if (infinities > negativeInfinities) return Infinity;
  return Number.isNaN(max) && infinities > 0 ? -Infinity : max;
}
