import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { LayerGraph, Wire } from '../matching/layerGraph.js';
import type { Matching } from '../matching/matchLayers.js';

/**
 * Inputs of a matched pair that come from layers which are not each other's partners. Layers that one model alone has, and
 * that read a single value, are passed through: they are listed on their own.
 */
export function wiringChanges(matching: Matching, i: number, j: number): Message[] {
  const { a, b, partnerOfA, partnerOfB } = matching;
  const [wiresA, wiresB] = [a.wires[i]!, b.wires[j]!];
  if (wiresA.length !== wiresB.length) {
    return [sentence('evaluate.change.inputs', { before: wiresA.length, after: wiresB.length })];
  }
  const others = wiresB.map((wire) => matchedSource(b, partnerOfB, wire));
  const swapped = commutative.has(b.layers[j]!.node.opType) && isPartner(wiresA[0]!, others[1]);
  if (swapped) others.reverse();
  return wiresA.flatMap((wire, n) => {
    const from = matchedSource(a, partnerOfA, wire);
    const other = others[n]!;
    // A partner is unknown where either side comes from a layer that reads several values and has no partner.
    if (from.from >= 0 && partnerOfA[from.from]! < 0) return [];
    if (other.from >= 0 && partnerOfB[other.from]! < 0) return [];
    if (isPartner(from, other)) return [];
    const names = { before: nameOf(a, from), after: nameOf(b, other) };
    return [sentence('evaluate.change.wiring', { input: n + 1, ...names })];
  });

  /** Inputs of a model have no partners: any may take the place of another. */
  function isPartner(wire: Wire, other: Wire | undefined): boolean {
    const { from, output } = matchedSource(a, partnerOfA, wire);
    if (!other || from < 0 || other.from < 0) return other !== undefined && from < 0 && other.from < 0;
    return partnerOfA[from] === other.from && output === other.output;
  }
}

const commutative = new Set(['Add', 'Mul', 'QLinearAdd', 'QLinearMul']);

function matchedSource(graph: LayerGraph, partners: Int32Array, wire: Wire): Wire {
  let source = wire;
  while (source.from >= 0 && partners[source.from]! < 0 && graph.wires[source.from]!.length === 1) {
    source = graph.wires[source.from]![0]!;
  }
  return source;
}

function nameOf({ layers }: LayerGraph, { from, output }: Wire): string {
  return from < 0 ? `#${output + 1}` : layers[from]!.name;
}
