import type { Graph } from '../../../graph/graph.js';
import { FlowNetwork } from './minimumCut.js';
import type { TypeGroup } from './typeGroups.js';

/**
 * The groups that get 16 bits, so that the fewest Casts are needed: those that must compute in float32 (`inFloat`) stay,
 * those that compute get halves, and what rounds nothing joins the one or the other side. A value needs one Cast where any
 * reader has another type than what makes it, which is a least cut of a network; of those that need equally few the one
 * with most halves is taken. A constant needs none: it is stored as it is read.
 */
export function assignTypes(groups: readonly TypeGroup[], inFloat: (group: TypeGroup) => boolean): Set<TypeGroup> {
  const network = new FlowNetwork();
  const source = network.addNode();
  const sink = network.addNode();
  const numbers = new Map(groups.map((group) => [group, network.addNode()]));
  const makers = new Map<Graph, Map<string, TypeGroup>>();
  for (const [group, number] of numbers) {
    if (inFloat(group)) network.connect(source, number, Infinity);
    else if (group.kind !== 'any') network.connect(number, sink, Infinity);
    for (const { graph, value } of group.makes) {
      const known = makers.get(graph) ?? new Map<string, TypeGroup>();
      makers.set(graph, known.set(value, group));
    }
  }
  const casts = new Map<TypeGroup, Map<string, { toHalf: number; toFloat: number }>>();
  for (const [group, reader] of numbers) {
    for (const { source: place } of group.reads) {
      const maker = makers.get(place.graph)?.get(place.value);
      if (!maker || maker === group) continue;
      const known = casts.get(maker) ?? new Map<string, { toHalf: number; toFloat: number }>();
      casts.set(maker, known);
      const cast = known.get(place.value) ?? addCast(network, numbers.get(maker)!);
      known.set(place.value, cast);
      network.connect(cast.toHalf, reader, Infinity);
      network.connect(reader, cast.toFloat, Infinity);
    }
  }
  const { side } = network.leastCut(source, sink);
  return new Set(groups.filter((group) => !side.has(numbers.get(group)!)));
}

/** What is paid once, however many readers have the other type. */
function addCast(network: FlowNetwork, maker: number): { toHalf: number; toFloat: number } {
  const toHalf = network.addNode();
  const toFloat = network.addNode();
  network.connect(maker, toHalf, 1);
  network.connect(toFloat, maker, 1);
  return { toHalf, toFloat };
}
