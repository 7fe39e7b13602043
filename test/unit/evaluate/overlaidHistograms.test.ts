import { expect, it } from 'vitest';
import { overlaidHistograms } from '../../../src/evaluate/overlaidHistograms.js';
import { pairedWeights } from '../../../src/evaluate/pairedWeights.js';
import type { Layer } from '../../../src/graph/layers.js';
import { layersOf } from '../../../src/graph/layers.js';
import { weightNumbers } from '../../../src/inspect/weightNumbers.js';
import { measure } from '../../../src/tensor/measure.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { fixturePath, samplePath } from '../models.js';

const heaviest = (layers: readonly Layer[]): Layer =>
  layers.reduce((best, layer) => (size(layer) > size(best) ? layer : best));
const size = (layer: Layer): number => pairedWeights(layer, null).a?.elements ?? 0;

it('counts weights into bins from the least to the greatest value of them all', async () => {
  const opened = await Promise.all([openModel(samplePath('lenet-5.onnx')), openModel(fixturePath('vit-digits.onnx'))]);
  try {
    const weights = opened.map(({ model }) => {
      const layer = heaviest(layersOf(model));
      return { layer, weight: pairedWeights(layer, null).a! };
    });
    const measured = await Promise.all(
      weights.map(({ layer, weight }) => measure(weightNumbers(layer, weight), { bins: 32 })),
    );
    const alone = await overlaidHistograms([weights[0]!], 32);
    const { min, max, counts } = measured[0]!.histogram;
    expect(alone).toEqual({ min, max, counts: [Float64Array.from(counts)] });

    const together = await overlaidHistograms(weights, 32);
    expect(together.min).toBe(Math.min(...measured.map((each) => each.min)));
    expect(together.max).toBe(Math.max(...measured.map((each) => each.max)));
    expect(together.counts.map((each) => each.reduce((sum, count) => sum + count, 0))).toEqual(
      weights.map(({ weight }) => weight.elements),
    );
  } finally {
    await Promise.all(opened.map(({ close }) => close()));
  }
});

it('has nothing to count of no weights', async () => {
  expect(await overlaidHistograms([], 8)).toEqual({ min: NaN, max: NaN, counts: [] });
});
