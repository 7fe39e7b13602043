import type { LayerCard, WeightCard } from '../inspection.js';
import type { TableColumn } from './table.js';

/** What is measured of a layer's largest weight. */
export interface WeightFigures {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly std: number | null;
  readonly zeros: number | null;
  /** Counts of bins of equal width from the least to the greatest finite number. */
  readonly histogram: readonly number[] | null;
}

/** A layer as exports take it. */
export interface ExportedLayer {
  /** Position in file order. */
  readonly index: number;
  readonly card: LayerCard;
  /** Share of the model's bytes, 0..1. */
  readonly share: number;
  /** Of `largestWeight`; null where it was not measured. */
  readonly figures: WeightFigures | null;
}

/** The weight whose numbers stand for the layer: its heaviest, the first of equals. */
export function largestWeight<W extends Pick<WeightCard, 'bytes'>>({
  weights,
}: {
  readonly weights: readonly W[];
}): W | undefined {
  return weights.reduce<W | undefined>((best, each) => (best && best.bytes >= each.bytes ? best : each), undefined);
}

/** Sizes, symbols, and ? for what is unknown: `batch×20×24×24`. Empty for a single number. */
export function shapeText(shape: readonly (number | string | null)[]): string {
  return shape.map((size) => size ?? '?').join('×');
}

/** The columns of the table of layers; their names are a contract. */
export const layerColumns: readonly TableColumn<ExportedLayer>[] = [
  { name: 'index', cell: ({ index }) => index },
  { name: 'layer', cell: ({ card }) => card.name },
  { name: 'op', cell: ({ card }) => card.op },
  { name: 'domain', cell: ({ card }) => card.domain },
  { name: 'outputShape', cell: ({ card }) => card.outputShape && shapeText(card.outputShape) },
  { name: 'parameters', cell: ({ card }) => card.parameters },
  { name: 'bytes', cell: ({ card }) => card.bytes },
  { name: 'share', cell: ({ share }) => share },
  { name: 'macs', cell: ({ card }) => card.macs },
  { name: 'bitOperations', cell: ({ card }) => card.cost.bitOperations },
  { name: 'readBytes', cell: ({ card }) => card.cost.readBytes },
  { name: 'writtenBytes', cell: ({ card }) => card.cost.writtenBytes },
  { name: 'weight', cell: ({ card }) => largestWeight(card)?.name ?? null },
  { name: 'dtype', cell: ({ card }) => largestWeight(card)?.dtype ?? null },
  { name: 'shape', cell: ({ card }) => ofWeight(card, ({ shape }) => shapeText(shape)) },
  { name: 'storage', cell: ({ card }) => largestWeight(card)?.storage ?? null },
  { name: 'min', cell: ({ figures }) => figures?.min ?? null },
  { name: 'max', cell: ({ figures }) => figures?.max ?? null },
  { name: 'mean', cell: ({ figures }) => figures?.mean ?? null },
  { name: 'std', cell: ({ figures }) => figures?.std ?? null },
  { name: 'zeros', cell: ({ figures }) => figures?.zeros ?? null },
];

function ofWeight(card: LayerCard, of: (weight: WeightCard) => string): string | null {
  const weight = largestWeight(card);
  return weight ? of(weight) : null;
}
