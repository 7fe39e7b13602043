/** Two models side by side: the JSON of `tare compare`, whose names are a contract. */
import type { ElementType } from '../tensor/elementType.js';

export interface ModelTotals {
  readonly bytes: number;
  readonly parameters: number;
  readonly macs: number | null;
  readonly layers: number;
  readonly bytesByType: Readonly<Record<string, number>>;
}

/** Of weight b against weight a, both as real numbers. */
export interface WeightError {
  readonly max: number;
  readonly mean: number;
  readonly sqnrDb: number;
}

export interface LayerPair {
  /** Layer names; null where the other model has no match. */
  readonly a: string | null;
  readonly b: string | null;
  readonly op: string;
  readonly status: 'same' | 'changed' | 'added' | 'removed';
  readonly bytes: { readonly a: number; readonly b: number };
  readonly dtype: { readonly a: ElementType | null; readonly b: ElementType | null };
  readonly error: WeightError | null;
}

export interface Comparison {
  readonly totals: { readonly a: ModelTotals; readonly b: ModelTotals };
  readonly layers: readonly LayerPair[];
}
