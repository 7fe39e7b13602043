import type { Layer } from '../../graph/layers.js';
import type { Node } from '../../graph/node.js';

/** Operators f with f(s x) = s f(x) for s > 0, channel by channel: a scale passes through them. */
const passesScale = new Set([
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Identity',
  'Dropout',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
]);
const linear = new Set(['Conv', 'Gemm', 'MatMul']);

/** What lets the channels of two layers be scaled against each other: the operators between, and the layer after them. */
export interface Equalizable {
  readonly between: readonly Node[];
  readonly next: Node;
}

/**
 * Whether the output channels of a layer can be scaled and the input channels of the next one scaled back without a change
 * of result (Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction, section 4.1):
 * nothing but operators that a positive scale passes through stands between the two, and nothing else reads what passes.
 */
export function equalizable({ node, graph }: Layer): Equalizable | undefined {
  if (node.domain !== '' || !linear.has(node.opType)) return undefined;
  const between: Node[] = [];
  for (let value = node.outputs[0] ?? ''; !graph.isOutput(value);) {
    const uses = graph.uses(value);
    const [use] = uses;
    if (uses.length !== 1 || !use || use.index !== 0 || use.node.domain !== '') return undefined;
    const { opType, outputs } = use.node;
    if (linear.has(opType)) return { between, next: use.node };
    if (!passesScale.has(opType) || between.includes(use.node)) return undefined;
    between.push(use.node);
    value = outputs[0] ?? '';
  }
  return undefined;
}
