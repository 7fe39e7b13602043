import { copyModel } from '../../../../graph/copy.js';
import { linearLayer } from '../../../../graph/channels/linearLayer.js';
import { Scope } from '../../../../graph/scope.js';
import { tensorOfArray } from '../../../../tensor/tensor.js';
import type { MeansOf } from '../correctBiases.js';
import type { Estimate } from './estimate.js';
import { estimateLinear } from './estimateLinear.js';

/**
 * Means of what layers make of inputs that have the means of estimates, whatever the weights before them: with other
 * weights they differ by the analytic bias, epsilon E[x] (Nagel et al. 2019, section 4.2.1).
 */
export function estimatedMeans(estimates: ReadonlyMap<string, Estimate>): MeansOf {
  return async (model, weights, layers) => {
    const copy = copyModel(model);
    const { graph } = copy;
    for (const [name, data] of weights) {
      const held = graph.initializers.get(name)!;
      const tensor = tensorOfArray({ elementType: 'float32', shape: held.tensor.shape, data });
      graph.initializers.set(name, { ...held, tensor });
    }
    const scope = new Scope(graph);
    const means = new Map<(typeof layers)[number], Float64Array>();
    for (const layer of layers) {
      const input = estimates.get(layer.node.inputs[0]!);
      const rounded = linearLayer(scope, layer.node);
      if (input && rounded) means.set(layer, (await estimateLinear(rounded, input, undefined)).mean);
    }
    return means;
  };
}
