import type { Layer } from '../../graph/layers.js';
import { familyKey } from '../matching/layerGraph.js';
import { largestOf, parametersOf } from '../pairedWeights.js';

interface Channels {
  readonly inputs: number;
  readonly outputs: number;
  readonly elements: number;
}

/**
 * Can two layers, one after the other, be the factors of a third: the same kind of operator, from as many channels to as
 * many, through a narrower middle, with fewer weights?
 */
export function areFactors(whole: Layer, first: Layer, second: Layer): boolean {
  if (![first, second].every((layer) => familyKey(layer) === familyKey(whole))) return false;
  const [all, before, after] = [whole, first, second].map(channelsOf);
  if (!all || !before || !after) return false;
  const fits = before.inputs === all.inputs && before.outputs === after.inputs && after.outputs === all.outputs;
  return fits && before.elements + after.elements < all.elements;
}

function channelsOf(layer: Layer): Channels | undefined {
  const { node } = layer;
  const weight = largestOf(parametersOf(layer));
  const [first, second] = weight?.shape ?? [];
  if (!weight || first === undefined || second === undefined) return undefined;
  const { elements } = weight;
  if (node.opType.includes('Conv')) return { inputs: second * node.int('group', 1), outputs: first, elements };
  const turned = node.int('transB', 0) !== 0;
  return turned ? { inputs: second, outputs: first, elements } : { inputs: first, outputs: second, elements };
}
