import type { ChannelExtremes } from './channelRanges.js';
import type { CompiledKernels } from './compiledKernels.js';
import type { PlacedNumbers } from './compiledMeasure.js';
import { CompiledCounts, CompiledMoments, widenByPart } from './compiledMeasure.js';
import type { StatisticsKernel } from './measure.js';
import type { Numbers } from './statistics.js';

/** The compiled kernels for chunks that lie elsewhere: each is copied into their memory first. */
export function compiledKernel(kernels: CompiledKernels): StatisticsKernel {
  const placed = (values: Numbers): PlacedNumbers => {
    const wide = values instanceof Float64Array;
    const address = kernels.reserve(values.byteLength);
    if (wide) kernels.float64(address, values.length).set(values);
    else kernels.float32(address, values.length).set(values);
    return { address, length: values.length, wide };
  };
  return {
    momentsOf: (values) =>
      kernels.scoped(() => {
        const moments = new CompiledMoments(kernels, 0, values.length, null);
        moments.add(placed(values), 0);
        return moments.moments;
      }),
    countInto: (bins, values, areInside = false) =>
      kernels.scoped(() => {
        const counts = new CompiledCounts(kernels, bins);
        counts.add(placed(values), areInside);
        counts.total().forEach((count, bin) => (bins.counts[bin]! += count));
      }),
    widenChannels: (extremes: ChannelExtremes, values, position) =>
      kernels.scoped(() => {
        if (values.length === 0) return;
        const layout = { channels: extremes.min.length, run: extremes.run };
        const moments = new CompiledMoments(kernels, position, position + values.length, layout);
        moments.add(placed(values), position);
        widenByPart(extremes, moments.ranges!);
      }),
  };
}
