/** Samples that are drawn, for a model with one input. */
import type { Dataset } from '../../../../../src/data/dataset.js';
import { seededRandom } from '../../../../../src/data/random.js';
import { elementCount } from '../../../../../src/tensor/elementType.js';

/** About normal: the sum of four even ones. */
export function drawn(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => 1.7 * (random() + random() + random() + random() - 2));
}

export function drawnDataset(input: string, sampleShape: readonly number[], sampleCount: number, seed = 1): Dataset {
  const width = elementCount(sampleShape);
  const data = drawn(sampleCount * width, seed);
  return {
    name: 'drawn',
    sampleCount,
    inputs: [{ name: input, elementType: 'float32', sampleShape }],
    stackable: true,
    warnings: [],
    async read(samples) {
      const rows = samples.flatMap((sample) => [...data.subarray(sample * width, (sample + 1) * width)]);
      const shape = [samples.length, ...sampleShape];
      return { feeds: { [input]: { elementType: 'float32', shape, data: Float32Array.from(rows) } }, samples };
    },
  };
}
