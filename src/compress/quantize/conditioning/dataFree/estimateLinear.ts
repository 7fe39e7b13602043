import type { LinearLayer } from '../../../../graph/channels/linearLayer.js';
import { firstOther } from '../../../../graph/channels/linearLayer.js';
import { floatsOf } from '../../tensors.js';
import type { Estimate } from './estimate.js';
import { normalEstimate } from './estimate.js';

/**
 * How far the inputs of a Gemm are taken to agree with its weights: its features were trained to. Beside what independent
 * inputs give, this part of the variance that they would give if all agreed. test/report/quantization/chooseAgreement.ts
 * chose it.
 */
export const gemmAgreement = 0.1;

/**
 * What a linear layer makes of independent input channels. The positions under a kernel are taken as independent or as
 * all the same, whichever gives the greater variance: neighbours resemble each other.
 */
export async function estimateLinear(
  layer: LinearLayer,
  input: Estimate,
  axis: number | undefined,
  agreement = gemmAgreement,
): Promise<Estimate> {
  const { node, tensor, rows, columns, spatial, rowsAre, outputChannels, bias } = layer;
  const data = await floatsOf(tensor);
  const alpha = node.is('Gemm') ? node.float('alpha', 1) : 1;
  const beta = node.is('Gemm') ? node.float('beta', 1) : 1;
  const added = bias && (await floatsOf(bias.tensor));
  const start = Float64Array.from(
    { length: outputChannels },
    (_, c) => beta * (added?.[added.length === 1 ? 0 : c] ?? 0),
  );
  const mean = start.slice();
  const apart = new Float64Array(outputChannels);
  const alike = new Float64Array(outputChannels);
  const agreed = new Float64Array(outputChannels);
  const low = start.slice();
  const high = start.slice();
  const channels = input.mean.length;
  const padded = pads(layer);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = firstOther(layer, row);
    for (let column = 0; column < columns; column++) {
      const [output, feature] = rowsAre === 'outputs' ? [row, first + column] : [first + column, row];
      const c = channels === layer.inputChannels ? feature : 0;
      const variance = input.deviation[c]! ** 2;
      const least = padded ? Math.min(input.low[c]!, 0) : input.low[c]!;
      const most = padded ? Math.max(input.high[c]!, 0) : input.high[c]!;
      let sum = 0;
      let squares = 0;
      for (const end = at + spatial; at < end; at++) {
        const weight = alpha * data[at]!;
        sum += weight;
        squares += weight * weight;
        low[output]! += Math.min(weight * least, weight * most);
        high[output]! += Math.max(weight * least, weight * most);
      }
      mean[output]! += sum * input.mean[c]!;
      apart[output]! += squares * variance;
      alike[output]! += sum * sum * variance;
      agreed[output]! += Math.abs(sum) * input.deviation[c]!;
    }
  }
  const part = node.is('Gemm') ? agreement : 0;
  const deviation = apart.map((each, c) => Math.sqrt(Math.max(each, alike[c]!) + part * agreed[c]! ** 2));
  return normalEstimate(axis, mean, deviation, { low, high });
}

/** May zeros stand beside the input's elements? */
function pads({ node }: LinearLayer): boolean {
  return node.is('Conv') || node.is('ConvTranspose');
}
