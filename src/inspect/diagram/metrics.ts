import type { DiagramTree, TreeItem } from './tree.js';

/**
 * What is known of single layers, NaN for nothing, and how a holder's value comes from theirs: the sum, which is known
 * where all parts are; the greatest, the least, or the share that the parts make of the wholes, of what is known.
 */
export type HeldMetric =
  | {
      readonly held: 'sum';
      valueOf(layer: number): number;
      /** What several layers have in common, which a holder counts once. */
      readonly common?: readonly { readonly layers: readonly number[]; readonly value: number }[];
    }
  | { readonly held: 'greatest' | 'least'; valueOf(layer: number): number }
  | { readonly held: 'share'; partOf(layer: number): number; wholeOf(layer: number): number };

/** The value of every item, by number; NaN where it is not known, and of inputs and outputs of the model. */
export function valuesByItem(tree: DiagramTree, metric: HeldMetric): Float64Array {
  if (metric.held === 'share') {
    const parts = gathered(tree, addKnown, metric.partOf);
    const wholes = gathered(tree, addKnown, metric.wholeOf);
    return parts.map((part, number) => (wholes[number]! > 0 ? part / wholes[number]! : NaN));
  }
  const joins = { sum: add, greatest: greatestKnown, least: leastKnown };
  const values = gathered(tree, joins[metric.held], metric.valueOf);
  if (metric.held === 'sum')
    for (const { layers, value } of metric.common ?? []) countOnce(tree, values, layers, value);
  return values;
}

/** Takes away from each holder of several of the layers what it has counted more than once. */
function countOnce(tree: DiagramTree, values: Float64Array, layers: readonly number[], value: number): void {
  const counted = new Set<TreeItem>();
  for (const layer of layers) {
    for (let item = tree.layers[layer]?.parent; item; item = item.parent) {
      if (counted.has(item)) values[item.number]! -= value;
      else counted.add(item);
    }
  }
}

type Join = (a: number, b: number) => number;

const ofKnown =
  (join: Join): Join =>
  (a, b) =>
    Number.isNaN(a) ? b : Number.isNaN(b) ? a : join(a, b);

const add: Join = (a, b) => a + b;
const addKnown = ofKnown(add);
const greatestKnown = ofKnown(Math.max);
const leastKnown = ofKnown(Math.min);

function gathered(tree: DiagramTree, join: Join, valueOf: (layer: number) => number): Float64Array {
  const values = new Float64Array(tree.items.length).fill(NaN);
  for (const item of tree.innerFirst) {
    const { layer, children, calls, number } = item;
    const known = layer >= 0 ? [valueOf(layer)] : [];
    for (const child of children) if (child.nodes > 0) known.push(values[child.number]!);
    if (calls) known.push(values[calls.number]!);
    if (known.length > 0) values[number] = known.reduce(join);
  }
  return values;
}
