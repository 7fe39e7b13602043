/** Findings on nodes that the model could do without: none needs the numbers of weights. */
import type { Layer } from '../../graph/layers.js';
import { isFoldable } from '../../graph/passes/foldBatchNormalization.js';
import { sentence } from '../../messages/catalog.js';
import { formatBytes, formatInteger } from '../../messages/units.js';
import type { RankedFinding } from './rankedFinding.js';

export function graphFindings(layers: readonly Layer[]): RankedFinding[] {
  const normalizations = layers.filter(({ node }) => node.is('BatchNormalization'));
  const foldable = normalizations.filter(({ scope, node }) => isFoldable(scope, node));
  const [first] = foldable;
  if (!first) return [];
  const savedBytes = foldable.reduce((sum, layer) => sum + bytesWithoutBias(layer), 0);
  return [
    {
      layer: first.name,
      kind: 'batch-normalization',
      message: sentence('inspect.finding.batch-normalization', {
        count: formatInteger(foldable.length),
        total: formatInteger(normalizations.length),
        bytes: formatBytes(savedBytes),
      }),
      savedBytes,
      concernedBytes: savedBytes,
      shows: { page: 'layers', layer: first.name },
      mend: { method: 'quantize', options: { foldBatchNormalization: true } },
    },
  ];
}

/** Scale, B, mean and variance go; a layer that had no bias gets one of that length. */
function bytesWithoutBias({ node, graph, weights }: Layer): number {
  const parameters = weights.filter(({ input }) => input >= 1 && input <= 4);
  const bytes = parameters.reduce((sum, weight) => sum + weight.bytes, 0);
  const hasBias = (graph.producer(node.inputs[0] ?? '')?.inputs[2] ?? '') !== '';
  return hasBias ? bytes : bytes * 0.75;
}
