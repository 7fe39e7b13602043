/** Measuring a part of a weight on one thread. */
import type { CompiledKernels } from '../tensor/compiledKernels.js';
import type { PartRanges, PlacedNumbers } from '../tensor/compiledMeasure.js';
import { channelLayout, CompiledCounts, CompiledMoments } from '../tensor/compiledMeasure.js';
import { emptyBins } from '../tensor/histogram.js';
import { binsBetween, histogramBins } from '../tensor/measure.js';
import type { Moments } from '../tensor/statistics.js';
import { finiteCount } from '../tensor/statistics.js';
import { WeightReader } from './weightReader.js';
import type { WeightSource } from './weightSource.js';
import { unitOf } from './weightSource.js';

export interface PartRequest {
  readonly source: WeightSource;
  /** Elements `start` to `end`; `start` is a multiple of `unitOf` the source. */
  readonly start: number;
  readonly end: number;
  /** Moments, and ranges of the channels along the axis, or what of them is wanted. */
  readonly moments: { readonly axis: number | null } | null;
  /** Counts between these bounds; 'extremes' of the part itself, which is then kept in memory; null for none. */
  readonly histogram: { readonly min: number; readonly max: number } | 'extremes' | null;
}

export interface PartResult {
  readonly moments: Moments | null;
  readonly ranges: PartRanges | null;
  readonly counts: Float64Array | null;
}

/** Bytes of numbers that are read and measured in one go: they stay in the second cache. */
const chunkBytes = 1 << 20;
/** A reader may write so much beyond the numbers that it was asked for. */
export const slackBytes = 64;

export function measurePart(kernels: CompiledKernels, request: PartRequest): PartResult {
  const { source, start, end, histogram } = request;
  const reader = new WeightReader(kernels, source);
  try {
    return kernels.scoped(() => {
      const chunks = chunksOf(source, start, end, reader.wide);
      const keeps = histogram === 'extremes';
      const longest = keeps ? end - start : Math.max(0, ...chunks.map(({ length }) => length));
      const size = reader.wide ? 8 : 4;
      const axis = request.moments?.axis ?? null;
      const layout = axis === null ? null : channelLayout(source.shape, axis);
      const moments = request.moments && new CompiledMoments(kernels, start, end, layout);
      const between = keeps || !histogram ? null : emptyBins(histogram.min, histogram.max, histogramBins);
      const counts = between && new CompiledCounts(kernels, between);
      const address = kernels.reserve(longest * size + slackBytes);

      const kept: PlacedNumbers[] = [];
      for (const { from, length } of chunks) {
        const numbers = { address: address + (keeps ? from - start : 0) * size, length, wide: reader.wide };
        reader.read(from, length, numbers.address);
        moments?.add(numbers, from);
        counts?.add(numbers);
        if (keeps) kept.push(numbers);
      }
      reader.checkUnchanged();
      return {
        moments: moments && moments.moments,
        ranges: moments && moments.ranges,
        counts: keeps && moments ? countKept(kernels, kept, moments.moments) : counts && counts.total(),
      };
    });
  } finally {
    reader.close();
  }
}

function countKept(kernels: CompiledKernels, kept: readonly PlacedNumbers[], moments: Moments): Float64Array {
  const counts = new CompiledCounts(kernels, binsBetween(moments));
  const areFinite = finiteCount(moments) === moments.count;
  for (const numbers of kept) counts.add(numbers, areFinite);
  return counts.total();
}

function chunksOf(source: WeightSource, start: number, end: number, wide: boolean): { from: number; length: number }[] {
  const unit = unitOf(source);
  const step = Math.max(1, Math.floor(chunkBytes / (wide ? 8 : 4) / unit)) * unit;
  const chunks = [];
  for (let from = start; from < end; from += step) chunks.push({ from, length: Math.min(step, end - from) });
  return chunks;
}
