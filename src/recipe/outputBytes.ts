import { distinctWeights, layersOf } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import type { Tensor } from '../tensor/tensor.js';
import type { CompressReport } from './report.js';

/**
 * Where the bytes of a written model lie: in weights, in their scales and zero points together with those of
 * activations, and in everything else (nodes, names, value infos). `fileBytes` are those of the file and its data file.
 */
export function outputBytes(model: Model, fileBytes: number): CompressReport['outputBytes'] {
  const layers = layersOf(model);
  const scales = new Set<Tensor>();
  let weights = 0;
  for (const weight of distinctWeights(layers)) {
    const quantizes = weight.role === 'scale' || weight.role === 'zeroPoint';
    if (quantizes) scales.add(weight.tensor);
    else weights += weight.bytes;
    if (weight.quantization?.scale) scales.add(weight.quantization.scale);
    if (weight.quantization?.zeroPoint) scales.add(weight.quantization.zeroPoint);
  }
  const scaleBytes = [...scales].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  return { weights, scales: scaleBytes, structure: fileBytes - weights - scaleBytes };
}
