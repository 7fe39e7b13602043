import type { Graph } from '../../../graph/graph.js';
import type { Inference } from '../../../graph/inference/inference.js';
import type { Layer } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import { observableValues } from '../../../inspect/activations/observableValues.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Tensor } from '../../../tensor/tensor.js';
import type { ActivationStatistics } from '../../method.js';
import type { ConstantFit } from './constantFit.js';
import { fitOf } from './constantFit.js';
import type { Evidence, Seen } from './islands.js';
import type { TypeGroup } from './typeGroups.js';

/** What is known of the numbers of a model: its constants are read here, its other values were seen before or not. */
export async function gatherEvidence(
  model: Model,
  layers: readonly Layer[],
  groups: readonly TypeGroup[],
  inference: Inference,
  statistics: ActivationStatistics,
  margin: number,
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void },
): Promise<Evidence> {
  const constants = new Map<Graph, Map<string, ConstantFit>>();
  const known = new Map<Tensor, ConstantFit>();
  for (const [i, { reads }] of groups.entries()) {
    for (const { source } of reads) {
      const tensor = source.graph.initializers.get(source.value)?.tensor;
      if (!tensor || constants.get(source.graph)?.has(source.value)) continue;
      signal?.throwIfAborted();
      const fit = known.get(tensor) ?? (await fitOf(tensor, 'float16'));
      known.set(tensor, fit);
      constants.set(
        source.graph,
        (constants.get(source.graph) ?? new Map<string, ConstantFit>()).set(source.value, fit),
      );
    }
    onProgress?.((i + 1) / groups.length);
  }
  const seen = seenValues(model, layers, statistics);
  return {
    constant: ({ graph, value }) => constants.get(graph)?.get(value),
    seen: ({ graph, value }) => seen.get(graph)?.get(value),
    isInteger: (group) => castsIntegers(group, inference),
    margin,
  };
}

function seenValues(
  model: Model,
  layers: readonly Layer[],
  { distributions }: ActivationStatistics,
): Map<Graph, Map<string, Seen>> {
  const seen = new Map<Graph, Map<string, Seen>>();
  for (const { key, value, layer } of observableValues(model, layers)) {
    const found = distributions?.get(key);
    if (!found) continue;
    const graph = layer < 0 ? model.graph : layers[layer]!.graph;
    seen.set(graph, (seen.get(graph) ?? new Map<string, Seen>()).set(value, found));
  }
  return seen;
}

/** Is it a Cast from whole numbers of more than 8 bits to float32? */
function castsIntegers({ node, makes }: TypeGroup, inference: Inference): boolean {
  const [made] = makes;
  if (!node?.is('Cast') || !made) return false;
  const type = inference.elementTypeOf(made.graph, node.inputs[0] ?? '');
  return type !== undefined && elementTypes[type].kind === 'integer' && elementTypes[type].bits > 8;
}
