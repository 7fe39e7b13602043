import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import type { Model } from '../../../graph/model.js';
import type { NodeWriter } from '../../../graph/nodeWriter.js';
import type { WorkContext } from '../../method.js';
import type { Laboratory } from '../../laboratory.js';
import { partialModel } from '../rounding/partialModel.js';

/** Samples that run together where they can: sums do not depend on it. */
const batchSize = 16;

/**
 * The mean of each output channel of linear layers over all samples and positions, of a model with other weights and
 * biases.
 */
export async function channelMeans(
  laboratory: Laboratory,
  model: Model,
  constants: ReadonlyMap<string, Float32Array>,
  layers: readonly LinearLayer[],
  { signal }: Pick<WorkContext, 'signal'>,
): Promise<ReadonlyMap<LinearLayer, Float64Array>> {
  const sumOf = (i: number) => `sum of layer ${i}`;
  const sizeOf = (i: number) => `size of layer ${i}`;
  const { model: partial, outputs: names } = partialModel(model, constants, (writer) => {
    const outputs: Record<string, string> = {};
    for (const [i, layer] of layers.entries()) {
      const value = layer.node.outputs[0]!;
      outputs[sumOf(i)] = channelSums(writer, layer, value);
      outputs[sizeOf(i)] = writer.reshape(writer.add('Size', [value]), [1]);
    }
    return outputs;
  });
  const found = await laboratory.accumulate(partial, Object.values(names), { signal, batchSize });
  return new Map(
    layers.map((layer, i) => {
      const elements = found.get(names[sizeOf(i)]!)!.sums[0]! / layer.outputChannels;
      return [layer, found.get(names[sumOf(i)]!)!.sums.map((sum) => sum / elements)] as const;
    }),
  );
}

/** The sum over all axes but that of the channels, which a product of matrices has last and a convolution second. */
function channelSums(writer: NodeWriter, { node, tensor, outputChannels }: LinearLayer, value: string): string {
  if (node.is('MatMul') || node.is('Gemm')) return writer.sum(writer.reshape(value, [-1, outputChannels]), [0]);
  const spatial = tensor.shape.slice(2).map((_, i) => i + 2);
  return writer.sum(value, [0, ...spatial]);
}
