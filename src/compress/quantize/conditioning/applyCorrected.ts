import type { Model } from '../../../graph/model.js';
import { Failure } from '../../../messages/failure.js';
import type { Applied } from '../../method.js';
import type { RoundedWeight } from '../rounding/rounding.js';
import type { QuantizeInput } from '../scheme.js';
import { dequantizeArray } from '../weights.js';
import { channelMeans } from './channelMeans.js';
import type { MeansOf } from './correctBiases.js';
import { correctBiases } from './correctBiases.js';
import { estimatesOf } from './dataFree/applyDataFree.js';
import { estimatedMeans } from './dataFree/estimatedMeans.js';

/**
 * Applies a scheme twice: first to see what it rounds weights to, then, with the same integers, to the model whose biases
 * make up for that.
 */
export async function applyCorrected(
  input: QuantizeInput,
  apply: (input: QuantizeInput) => Promise<Applied>,
): Promise<Applied> {
  const rounded = new Map<string, RoundedWeight>();
  const first = await apply({ ...input, rounded });
  const weights = realWeights(input.model, rounded);
  const { model, notes } = await correctBiases(input.model, weights, await meansBy(input), input.signal);
  const second = await apply({ ...input, model, rounded });
  return { ...second, notes: [...first.notes, ...notes] };
}

/** Measured on the samples, or estimated where the options ask for no data. */
async function meansBy({ model, options, laboratory, signal }: QuantizeInput): Promise<MeansOf> {
  if (options.dataFree) return estimatedMeans(await estimatesOf(model, options, signal));
  if (!laboratory) throw new Failure('compress.quantize.conditioning-needs-data', { option: 'biasCorrection' });
  return (corrected, weights, layers) => channelMeans(laboratory, corrected, weights, layers, { signal });
}

/** What the integers of weights stand for. */
function realWeights({ graph }: Model, rounded: ReadonlyMap<string, RoundedWeight>): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [weight, { codes, parameters }] of rounded) {
    const shape = graph.initializers.get(weight)?.tensor.shape;
    if (shape) weights.set(weight, dequantizeArray(codes, shape, parameters));
  }
  return weights;
}
