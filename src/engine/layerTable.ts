/** Search and order of the layer table: functions of plain data. */
import { activationBytes, layerEnergy } from '../inspect/cost/sums.js';
import type { LayerCard, WeightCard } from '../inspect/inspection.js';
import type { LayerColumn, LayerQuery, LayerRow } from '../protocol/engineService.js';

/** By what rows are told apart: a number or text; undefined (not known, not measured) stands last either way. */
export type SortValue = number | string | undefined;

/** What is measured of a layer, as its row has it. */
export type MeasuredFigures = Omit<LayerRow, 'index' | 'card' | 'share'>;
/** By position of the layer. */
export type FiguresOf = (index: number) => MeasuredFigures;

const measuredColumns: readonly LayerColumn[] = ['min', 'max', 'std', 'zeros', 'channelRatio'];

/** Whether the order by this column changes while the model is measured. */
export const isMeasured = (column: LayerColumn): boolean => measuredColumns.includes(column);

/** Indices of the layers that a query finds, in its order. Every word of the search must be in the name, operator or type. */
export function findLayers(layers: readonly LayerCard[], query: LayerQuery, figuresOf: FiguresOf): number[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found: number[] = [];
  layers.forEach((layer, index) => {
    if (query.weightsOnly && layer.weights.length === 0) return;
    const text = words.length > 0 ? searchText(layer) : '';
    if (words.every((word) => text.includes(word))) found.push(index);
  });
  return sortIndices(found, query.descending, (index) => sortValue(layers[index]!, index, query.sortBy, figuresOf));
}

/** Sorts by value, then by position. */
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

export function sortValue(layer: LayerCard, index: number, column: LayerColumn, figuresOf: FiguresOf): SortValue {
  const { summary, time, activation } = figuresOf(index);
  switch (column) {
    case 'order':
      return index;
    case 'name':
    case 'op':
    case 'parameters':
    case 'bytes':
      return layer[column];
    case 'macs':
      return layer.macs ?? undefined;
    case 'bitOperations':
      return layer.cost.bitOperations ?? undefined;
    case 'activationBytes':
      return activationBytes(layer) ?? undefined;
    case 'energy':
      return layerEnergy(layer) ?? undefined;
    case 'time':
      return time?.kernel === 'own' ? time.milliseconds : undefined;
    case 'min':
    case 'max':
    case 'std':
      return summary?.[column];
    case 'zeros':
      return summary && summary.zeros / elements(layer.weights[mainWeight(layer)]!);
    case 'channelRatio':
      return summary?.channelRatio ?? undefined;
    case 'activationMin':
      return activation?.min;
    case 'activationMax':
      return activation?.max;
    case 'activationZeros':
      return activation?.zeros;
    case 'outlier':
      return activation?.outlier;
    case 'dtype':
      return layer.weights[mainWeight(layer)]?.dtype;
  }
}

const elements = ({ shape }: WeightCard): number => shape.reduce((product, size) => product * size, 1);

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** What has no value comes last whichever the direction. */
export function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
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
