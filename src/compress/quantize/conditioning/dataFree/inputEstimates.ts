import { firstOther, linearLayer, plainConstant } from '../../../../graph/channels/linearLayer.js';
import type { LinearLayer } from '../../../../graph/channels/linearLayer.js';
import type { Model } from '../../../../graph/model.js';
import { Scope } from '../../../../graph/scope.js';
import { readNumbers } from '../../../../tensor/numbers.js';
import { floatsOf } from '../../tensors.js';
import type { Estimate } from './estimate.js';
import { normalEstimate } from './estimate.js';

/** Inputs are bounded more often than normally distributed: pixels. */
const inputDeviations = 4;

/**
 * What inputs of the model must have been in training, by the statistics of the BatchNormalization behind the linear layer
 * that reads them. With S and Q the sums of a channel's weights and of their squares, m the mean of inputs, a the part of
 * their variance that they have each for themselves and b the part they have together: mean = m S, variance = a Q + b S^2;
 * least squares over the channels.
 */
export async function inputEstimates({ graph }: Model): Promise<Map<string, Estimate>> {
  const scope = new Scope(graph);
  const found = new Map<string, Estimate>();
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    if (!graph.isInput(input) || graph.initializers.has(input)) continue;
    const layer = linearLayer(scope, node);
    const [use] = graph.uses(node.outputs[0] ?? '');
    if (!layer || !use?.node.is('BatchNormalization') || use.index !== 0) continue;
    const [mean, variance] = [3, 4].map((index) => plainConstant(scope, use.node.inputs[index] ?? ''));
    if (!mean || !variance) continue;
    const fitted = await fit(layer, await readNumbers(mean), await readNumbers(variance));
    if (fitted) found.set(input, fitted);
  }
  return found;
}

async function fit(
  layer: LinearLayer,
  means: ArrayLike<number>,
  variances: ArrayLike<number>,
): Promise<Estimate | undefined> {
  const { sums, squares } = await weightSums(layer);
  const bias = layer.bias && (await floatsOf(layer.bias.tensor));
  let [meanBySum, sumBySum, qq, qs, ss, vq, vs] = [0, 0, 0, 0, 0, 0, 0];
  for (let c = 0; c < layer.outputChannels; c++) {
    const sum = sums[c]!;
    const square = squares[c]!;
    const together = sum * sum;
    meanBySum += (means[c]! - (bias?.[bias.length === 1 ? 0 : c] ?? 0)) * sum;
    sumBySum += together;
    qq += square * square;
    qs += square * together;
    ss += together * together;
    vq += variances[c]! * square;
    vs += variances[c]! * together;
  }
  const determinant = qq * ss - qs * qs;
  let own = (vq * ss - vs * qs) / determinant;
  let shared = (vs * qq - vq * qs) / determinant;
  if (!(own > 0)) [own, shared] = [0, vs / ss];
  else if (!(shared > 0)) [own, shared] = [vq / qq, 0];
  const mean = meanBySum / sumBySum;
  const deviation = Math.sqrt(own + shared);
  if (!Number.isFinite(mean) || !Number.isFinite(deviation) || deviation === 0) return undefined;
  return normalEstimate(undefined, Float64Array.of(mean), Float64Array.of(deviation), {
    low: [mean - inputDeviations * deviation],
    high: [mean + inputDeviations * deviation],
  });
}

async function weightSums(layer: LinearLayer): Promise<{ sums: Float64Array; squares: Float64Array }> {
  const { tensor, rows, columns, spatial, rowsAre, outputChannels } = layer;
  const data = await floatsOf(tensor);
  const sums = new Float64Array(outputChannels);
  const squares = new Float64Array(outputChannels);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = firstOther(layer, row);
    for (let column = 0; column < columns; column++) {
      const output = rowsAre === 'outputs' ? row : first + column;
      for (const end = at + spatial; at < end; at++) {
        sums[output]! += data[at]!;
        squares[output]! += data[at]! ** 2;
      }
    }
  }
  return { sums, squares };
}
