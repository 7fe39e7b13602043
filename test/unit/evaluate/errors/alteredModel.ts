import { layersOf } from '../../../../src/graph/layers.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { writeModel } from '../../../../src/onnx/writeModel.js';
import { readNumbers } from '../../../../src/tensor/numbers.js';
import { tensorOfArray } from '../../../../src/tensor/tensor.js';

/** Writes a model that differs in the largest weight of one layer: each number times the factor that `change` gives. */
export async function writeAltered(
  path: string,
  output: string,
  layer: string,
  change: (number: number, i: number) => number,
): Promise<void> {
  const opened = await openModel(path);
  try {
    const found = layersOf(opened.model).find(({ name }) => name === layer)!;
    const weight = found.weights.reduce((a, b) => (b.elements > a.elements ? b : a));
    const data = Float32Array.from(await readNumbers(weight.tensor), change);
    const { initializers } = opened.model.graph;
    initializers.set(weight.name, {
      ...initializers.get(weight.name)!,
      tensor: tensorOfArray({ elementType: 'float32', shape: weight.tensor.shape, data }),
    });
    await writeModel(opened.model, output);
  } finally {
    await opened.close();
  }
}
