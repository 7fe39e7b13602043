import type { Layer, LayerWeight } from '../graph/layers.js';

/** The weights of a layer that count among its parameters, in the order of its inputs. */
export function parametersOf({ weights }: Layer): LayerWeight[] {
  return weights.filter(({ isParameter }) => isParameter);
}

/** The first of those with most elements. */
export function largestOf(weights: readonly LayerWeight[]): LayerWeight | undefined {
  return weights.reduce<LayerWeight | undefined>(
    (largest, weight) => (largest && largest.elements >= weight.elements ? largest : weight),
    undefined,
  );
}

/** The largest parameter of layer a and the one at its place in layer b; of a layer that is alone, its largest. */
export function pairedWeights(
  a: Layer | null,
  b: Layer | null,
): { readonly a: LayerWeight | undefined; readonly b: LayerWeight | undefined } {
  const [ofA, ofB] = [a ? parametersOf(a) : [], b ? parametersOf(b) : []];
  const largest = largestOf(ofA);
  if (largest === undefined) return { a: undefined, b: largestOf(ofB) };
  return { a: largest, b: ofB[ofA.indexOf(largest)] };
}
