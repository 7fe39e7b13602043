/** Which axis of an activation counts its channels. */
import type { Graph } from '../../graph/graph.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { operatorOf } from '../../graph/operators.js';
import { Scope } from '../../graph/scope.js';

/** Operators that see [batch, channels, spatial…], beside convolutions and poolings. */
const channelsSecond = new Set(['BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'LRN', 'PRelu']);

/** Operators whose output has its features last, beside products with a weight. */
const channelsLast = new Set(['LayerNormalization', 'RNN', 'GRU', 'LSTM', 'Attention', 'MultiHeadAttention']);

/** Operators after which an axis is another than it was, though the rank may be the same. */
const mixing = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Einsum', 'If', 'Loop', 'Scan', 'SpaceToDepth']);

/**
 * The channel axis of each floating-point value, by graph and name; null where it has none. Convolutions, poolings and
 * batch normalization put it second, products with a weight, layer normalization and recurrent layers last; Transpose
 * moves it, and what keeps the rank keeps it. Elsewhere the rank decides: second from four axes on, else last.
 */
export function channelAxes(model: Model, layers: readonly Layer[], inference: Inference): ChannelAxes {
  const axes = new ChannelAxes(inference);
  const outermost = new Scope(model.graph);
  for (const { name } of model.graph.inputs) axes.set(outermost, name, axes.byRank(outermost, name));
  for (const layer of layers) {
    for (const output of layer.node.outputs)
      if (output !== '') axes.set(layer.scope, output, axisOfOutput(layer, output, axes));
  }
  return axes;
}

export class ChannelAxes {
  readonly #known = new Map<Graph, Map<string, number | null>>();

  constructor(private readonly inference: Inference) {}

  of(scope: Scope, value: string): number | null {
    const graph = scope.definingScope(value)?.graph;
    return (graph && this.#known.get(graph)?.get(value)) ?? null;
  }

  set({ graph }: Scope, value: string, axis: number | null): void {
    const axes = this.#known.get(graph) ?? new Map<string, number | null>();
    this.#known.set(graph, axes.set(value, axis));
  }

  rank({ graph }: Scope, value: string): number | undefined {
    return this.inference.shapeOf(graph, value)?.length;
  }

  byRank(scope: Scope, value: string): number | null {
    const rank = this.rank(scope, value) ?? 0;
    return rank >= 4 ? 1 : rank >= 2 ? rank - 1 : null;
  }
}

function axisOfOutput({ node, scope }: Layer, output: string, axes: ChannelAxes): number | null {
  const { opType } = node;
  const rank = axes.rank(scope, output);
  const isSecond = opType.includes('Conv') || /Pool$/.test(opType) || channelsSecond.has(opType);
  if (isSecond) return rank === undefined || rank >= 2 ? 1 : null;
  if (channelsLast.has(opType) || operatorOf(node)?.channelAxis) return rank === undefined || rank >= 2 ? -1 : null;
  if (opType === 'Transpose') return transposed(node.ints('perm'), axes.of(scope, node.inputs[0]!), rank);
  if (!mixing.has(opType) && rank !== undefined) {
    for (const input of node.inputs) {
      const axis = axes.of(scope, input);
      if (axis !== null && axes.rank(scope, input) === rank) return axis;
    }
  }
  return axes.byRank(scope, output);
}

function transposed(perm: readonly number[] | undefined, axis: number | null, rank: number | undefined): number | null {
  if (axis === null || rank === undefined) return null;
  const from = axis < 0 ? axis + rank : axis;
  const to = perm ? perm.indexOf(from) : rank - 1 - from;
  return to < 0 ? null : to;
}
