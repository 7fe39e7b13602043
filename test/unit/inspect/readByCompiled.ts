import { CompiledKernels } from '../../../src/tensor/compiledKernels.js';
import binary from '../../../src/tensor/kernels.wasm';
import { elementCount } from '../../../src/tensor/elementType.js';
import type { Numbers } from '../../../src/tensor/statistics.js';
import { WeightReader } from '../../../src/inspect/weightReader.js';
import type { WeightSource } from '../../../src/inspect/weightSource.js';
import { unitOf } from '../../../src/inspect/weightSource.js';

export const kernels = new CompiledKernels(binary);

/** All numbers of a weight by the compiled reader, `units` at a time. */
export function readByCompiled(source: WeightSource, units = Infinity): Numbers {
  const total = elementCount(source.shape);
  const reader = new WeightReader(kernels, source);
  const all = reader.wide ? new Float64Array(total) : new Float32Array(total);
  const step = Math.min(total, units * unitOf(source)) || 1;
  try {
    for (let start = 0; start < total; start += step) {
      const count = Math.min(step, total - start);
      kernels.scoped(() => {
        const address = kernels.reserve(count * 8 + 64);
        reader.read(start, count, address);
        all.set(reader.wide ? kernels.float64(address, count) : kernels.float32(address, count), start);
      });
    }
    reader.checkUnchanged();
  } finally {
    reader.close();
  }
  return all;
}
