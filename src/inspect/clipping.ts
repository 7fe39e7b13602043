/**
 * What a clipping range does to a weight, from its histogram and its channels' ranges alone: fast enough for every step
 * of a drag. Browser-safe.
 */
import type { TensorStatistics } from '../tensor/measure.js';
import type { BinnedWeights } from './binnedWeights.js';
import { binnedWeights, clippingError, expectedCodes, roundingError, sharesOutside } from './binnedWeights.js';
import { searchedRange } from './histogramRanges.js';
import type { GridSettings, IntegerGrid } from './integerGrid.js';
import { codeCount, integerGrid } from './integerGrid.js';

export interface ClippingSettings extends GridSettings {
  /** Each channel has its own grid, over the part of its range that lies in the clipping range. */
  readonly perChannel: boolean;
}

export type ClippedWeight = Pick<TensorStatistics, 'mean' | 'std' | 'zeros' | 'histogram' | 'channels'>;

export interface ClippingEffect {
  /** The step between codes; per channel the widest, beside the narrowest. */
  readonly scale: number;
  readonly narrowestScale: number;
  /** Null where each channel has its own. */
  readonly zeroPoint: number | null;
  /** Shares of the weights below and above the range, 0..1. */
  readonly clippedLow: number;
  readonly clippedHigh: number;
  /** Expected squared errors, in the square of the weights' unit: of what is clipped and of what is rounded. */
  readonly clippingError: number;
  readonly roundingError: number;
  /** 10 log10(mean of v² / expected squared error): Infinity where there is no error, NaN where all weights are 0. */
  readonly sqnrDb: number;
  readonly codes: number;
  /** Codes that no weight is expected to take; per channel the mean of those that lie outside the channel's range. */
  readonly unusedCodes: number;
}

/**
 * The effect of a clipping range: a weight v becomes clamp(round(v / scale), first, last) * scale of its `integerGrid`.
 * Exact but for where the weights lie within their bin (`roundingError`). Per channel the histogram says nothing of
 * the single channels: their rounding error is taken as scale² / 12 (Bennett, "Spectra of quantized signals", 1948), near
 * wherever a step is narrower than the distribution, too high where outliers widen it beyond that.
 */
export function clippingEffect(weight: ClippedWeight, settings: ClippingSettings): ClippingEffect {
  const weights = binnedWeights(weight.histogram, weight.zeros);
  const grid = integerGrid(settings);
  const channels = channelGrids(weight, settings, grid);
  const { below, above } = sharesOutside(weights, grid.min, grid.max);
  const { clipping, rounding } = expectedErrors(weights, grid, channels);
  const unusedCodes = channels ? channels.codesOutside : Math.max(0, codeCount(grid) - expectedCodes(weights, grid));
  return {
    scale: channels?.widestScale ?? grid.scale,
    narrowestScale: channels?.narrowestScale ?? grid.scale,
    zeroPoint: channels && !settings.symmetric ? null : grid.zeroPoint,
    clippedLow: below,
    clippedHigh: above,
    clippingError: clipping,
    roundingError: rounding,
    sqnrDb: decibels(weight.std ** 2 + weight.mean ** 2, clipping + rounding),
    codes: codeCount(grid),
    unusedCodes: Math.round(unusedCodes),
  };
}

/** The clipping range of least expected squared error. */
export function bestClipping(
  weight: ClippedWeight,
  settings: Omit<ClippingSettings, 'min' | 'max'>,
): { min: number; max: number } {
  const { min, max } = weight.histogram;
  if (!(min < max)) return { min, max };
  const weights = binnedWeights(weight.histogram, weight.zeros);
  const error = (low: number, high: number) => {
    const clipped = { ...settings, min: low, max: high };
    const grid = integerGrid(clipped);
    const { clipping, rounding } = expectedErrors(weights, grid, channelGrids(weight, clipped, grid));
    return clipping + rounding;
  };
  return searchedRange({ min, max }, settings.symmetric, error);
}

function expectedErrors(weights: BinnedWeights, grid: IntegerGrid, channels: ChannelGrids | null) {
  if (!channels) {
    const { scale, first, last } = grid;
    return { clipping: clippingError(weights, first * scale, last * scale), rounding: roundingError(weights, grid) };
  }
  const { below, above } = sharesOutside(weights, grid.min, grid.max);
  return {
    clipping: clippingError(weights, grid.min, grid.max),
    rounding: (1 - below - above) * (channels.meanSquaredScale / 12),
  };
}

/** What the grids of all channels come to. A channel that is all zeros has scale 0 and needs one code. */
interface ChannelGrids {
  readonly widestScale: number;
  readonly narrowestScale: number;
  readonly meanSquaredScale: number;
  /** Mean number of codes outside of a channel's range. */
  readonly codesOutside: number;
}

/** Of the channels' ranges as far as they lie in the whole range; null where the whole tensor has one grid. */
function channelGrids(
  { channels }: ClippedWeight,
  settings: ClippingSettings,
  whole: IntegerGrid,
): ChannelGrids | null {
  if (!settings.perChannel || !channels) return null;
  let known = 0;
  let widest = 0;
  let narrowest = Infinity;
  let squares = 0;
  let outside = 0;
  for (let i = 0; i < channels.min.length; i++) {
    if (!(channels.min[i]! <= channels.max[i]!)) continue;
    const min = Math.min(Math.max(channels.min[i]!, whole.min), whole.max);
    const max = Math.min(Math.max(channels.max[i]!, whole.min), whole.max);
    const empty = min === 0 && max === 0;
    const grid = integerGrid({ bits: settings.bits, symmetric: settings.symmetric, min, max });
    const scale = empty ? 0 : grid.scale;
    known++;
    widest = Math.max(widest, scale);
    narrowest = Math.min(narrowest, scale);
    squares += scale * scale;
    outside += codeCount(grid) - 1 - (Math.round(max / grid.scale) - Math.round(min / grid.scale));
  }
  if (known === 0) return null;
  return {
    widestScale: widest,
    narrowestScale: narrowest,
    meanSquaredScale: squares / known,
    codesOutside: outside / known,
  };
}

function decibels(signal: number, noise: number): number {
  return signal > 0 ? 10 * Math.log10(signal / noise) : NaN;
}
