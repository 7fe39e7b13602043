/** Search and order of the layer table: functions of plain data. */
import type { LayerCard } from '../inspect/inspection.js';
import type { LayerColumn, LayerQuery, WeightSummary } from '../protocol/engineService.js';

/** Column by which rows are told apart: a number or text; undefined (not known, not measured) stands last either way. */
type SortValue = number | string | undefined;

/** Indices of the layers that a query finds, in its order. Every word of the search must be in the name, operator or type. */
export function findLayers(
  layers: readonly LayerCard[],
  query: LayerQuery,
  summaryOf: (index: number) => WeightSummary | undefined,
): number[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found: number[] = [];
  layers.forEach((layer, index) => {
    if (query.weightsOnly && layer.weights.length === 0) return;
    const text = words.length > 0 ? searchText(layer) : '';
    if (words.every((word) => text.includes(word))) found.push(index);
  });
  return sortIndices(found, query.descending, (index) => sortValue(layers[index]!, index, query.sortBy, summaryOf));
}

/** Sorts by value, then by position; what has no value stands last whichever the direction. */
export function sortIndices(indices: number[], descending: boolean, valueOf: (index: number) => SortValue): number[] {
  const keyed = indices.map((index) => ({ index, value: valueOf(index) }));
  keyed.sort((a, b) => compareValues(a.value, b.value, descending) || a.index - b.index);
  return keyed.map(({ index }) => index);
}

/** The weight whose numbers stand in the layer's row: its largest parameter. */
export function mainWeight(layer: LayerCard): number {
  let main = -1;
  layer.weights.forEach((weight, i) => {
    if (main < 0 || weight.bytes > layer.weights[main]!.bytes) main = i;
  });
  return main;
}

function sortValue(
  layer: LayerCard,
  index: number,
  column: LayerColumn,
  summaryOf: (index: number) => WeightSummary | undefined,
): SortValue {
  switch (column) {
    case 'order':
      return index;
    case 'name':
    case 'op':
      return layer[column];
    case 'parameters':
    case 'bytes':
      return layer[column];
    case 'macs':
      return layer.macs ?? undefined;
    case 'min':
    case 'max':
      return summaryOf(index)?.[column];
    case 'dtype':
      return layer.weights[mainWeight(layer)]?.dtype;
  }
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  const aKnown = isKnown(a);
  const bKnown = isKnown(b);
  if (!aKnown || !bKnown) return Number(bKnown) - Number(aKnown);
  const order = typeof a === 'string' && typeof b === 'string' ? collator.compare(a, b) : Number(a) - Number(b);
  return descending ? -order : order;
}

function isKnown(value: SortValue): value is number | string {
  return value !== undefined && !Number.isNaN(value);
}

function searchText({ name, op, domain, weights }: LayerCard): string {
  return [name, op, domain, ...weights.map(({ dtype }) => dtype)].join('\n').toLowerCase();
}
