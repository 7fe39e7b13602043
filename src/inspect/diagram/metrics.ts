import type { DiagramTree, TreeItem } from './tree.js';

/**
 * What is known of single layers, and how a holder's value comes from theirs: the sum, the greatest, or the share that
 * the parts make of the wholes.
 */
export type HeldMetric =
  | { readonly held: 'sum' | 'greatest'; valueOf(layer: number): number }
  | { readonly held: 'share'; partOf(layer: number): number; wholeOf(layer: number): number };

/** The value of every item, by number, from what is known of the layers in it; NaN where nothing is. */
export function valuesByItem(tree: DiagramTree, metric: HeldMetric): Float64Array {
  if (metric.held !== 'share') return gathered(tree, metric.held, metric.valueOf);
  const parts = gathered(tree, 'sum', (layer) => metric.partOf(layer));
  const wholes = gathered(tree, 'sum', (layer) => metric.wholeOf(layer));
  return parts.map((part, number) => (wholes[number]! > 0 ? part / wholes[number]! : NaN));
}

function gathered(tree: DiagramTree, held: 'sum' | 'greatest', valueOf: (layer: number) => number): Float64Array {
  const values = new Float64Array(tree.items.length).fill(NaN);
  for (const item of tree.innerFirst) values[item.number] = gatheredOf(item, values, held, valueOf);
  return values;
}

function gatheredOf(
  { layer, children, calls }: TreeItem,
  values: Float64Array,
  held: 'sum' | 'greatest',
  valueOf: (layer: number) => number,
): number {
  let value = layer >= 0 ? valueOf(layer) : NaN;
  const add = (other: number) => {
    if (Number.isNaN(other)) return;
    if (Number.isNaN(value)) value = other;
    else value = held === 'sum' ? value + other : Math.max(value, other);
  };
  for (const child of children) add(values[child.number]!);
  if (calls) add(values[calls.number]!);
  return value;
}
