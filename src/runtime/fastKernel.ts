import { compiledKernel } from '../tensor/compiledKernel.js';
import { CompiledKernels } from '../tensor/compiledKernels.js';
import binary from '../tensor/kernels.wasm';
import type { StatisticsKernel } from '../tensor/measure.js';
import { plainKernel } from '../tensor/measure.js';

/** Chunks below this many elements are gone through faster than they, and the bins, are copied. */
const leastCompiled = 1 << 14;

/** The compiled kernels for large chunks, the plain ones for small. Which is used depends on the length alone. */
export function fastKernel(): StatisticsKernel {
  const compiled = compiledKernel(new CompiledKernels(binary));
  const kernelFor = (length: number) => (length < leastCompiled ? plainKernel : compiled);
  return {
    momentsOf: (values) => kernelFor(values.length).momentsOf(values),
    countInto: (bins, values, areInside) => kernelFor(values.length).countInto(bins, values, areInside),
    widenChannels: (extremes, values, position) => kernelFor(values.length).widenChannels(extremes, values, position),
  };
}
