import type { ChannelGroup } from '../../graph/channels/channelGroups.js';
import { channelGroups, isEqualizable } from '../../graph/channels/channelGroups.js';
import type { Graph } from '../../graph/graph.js';
import type { Layer } from '../../graph/layers.js';
import type { Dimension } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import type { Scope } from '../../graph/scope.js';

/** What lets the channels of two layers be scaled against each other: the operators between, and a layer after them. */
export interface Equalizable {
  readonly between: readonly Node[];
  readonly next: Node;
}

/**
 * Whether the output channels of a layer can be scaled and the input channels of the next ones scaled back without a change
 * of result (Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction, section 4.1).
 */
export function equalizable({ node, scope }: Layer): Equalizable | undefined {
  const group = groupsOf(scope).get(node);
  const [consumer] = group?.consumers ?? [];
  return group && consumer && { between: group.between, next: consumer.layer.node };
}

const known = new WeakMap<Graph, ReadonlyMap<Node, ChannelGroup>>();

/** The equalizable groups of a graph, by the layers that make their channels. */
function groupsOf(scope: Scope): ReadonlyMap<Node, ChannelGroup> {
  const { graph } = scope;
  let groups = known.get(graph);
  if (!groups) {
    const equalizables = channelGroups(scope, (value) => declaredShape(graph, value)).filter(isEqualizable);
    groups = new Map(equalizables.flatMap((group) => group.producers.map(({ node }) => [node, group] as const)));
    known.set(graph, groups);
  }
  return groups;
}

function declaredShape({ valueInfos, inputs, outputs }: Graph, value: string): readonly Dimension[] | undefined {
  const info = valueInfos.get(value) ?? [...inputs, ...outputs].find(({ name }) => name === value);
  return info?.type?.kind === 'tensor' ? info.type.shape : undefined;
}
