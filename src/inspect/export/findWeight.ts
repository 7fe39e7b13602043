import { closest } from 'fastest-levenshtein';
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { Failure } from '../../messages/failure.js';

export interface FoundWeight {
  readonly layer: Layer;
  readonly weight: LayerWeight;
}

/**
 * The constant of a name: any that a layer reads, scales and shapes too. Where layers read different ones of one name (in
 * branches), `layer:name` tells them apart. Throws `inspect.no-tensor`, which names the nearest, or `inspect.same-name`.
 */
export function findWeight(layers: readonly Layer[], name: string): FoundWeight {
  const all = layers.flatMap((layer) => layer.weights.map((weight) => ({ layer, weight })));
  const found = all.filter(({ weight }) => weight.name === name);
  const [first] = found.length > 0 ? found : all.filter(({ layer, weight }) => `${layer.name}:${weight.name}` === name);
  if (!first) throw new Failure('inspect.no-tensor', { tensor: name, nearest: nearest(name, all) });
  const other = found.find(({ weight }) => weight.owner !== first.weight.owner);
  if (other) {
    const [a, b] = [first, other].map(({ layer, weight }) => `${layer.name}:${weight.name}`);
    throw new Failure('inspect.same-name', { tensor: name, first: a!, second: b! });
  }
  return first;
}

function nearest(name: string, all: readonly FoundWeight[]): string {
  const names = [...new Set(all.map(({ weight }) => weight.name))];
  return names.length > 0 ? closest(name, names) : '';
}
