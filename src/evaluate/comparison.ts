/** Two models side by side: the JSON of `tare compare`, whose names are a contract. */
import type { Message } from '../messages/message.js';
import type { ElementType } from '../tensor/elementType.js';
import type { Agreement } from './evaluation.js';
import type { MatchedBy } from './matching/matchLayers.js';

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
  /** Positions of the layers in file order; null as above. */
  readonly index: { readonly a: number | null; readonly b: number | null };
  readonly op: string;
  readonly status: 'same' | 'changed' | 'added' | 'removed';
  readonly bytes: { readonly a: number; readonly b: number };
  readonly dtype: { readonly a: ElementType | null; readonly b: ElementType | null };
  readonly error: WeightError | null;
  /** What told that these layers are the same one; null where one is alone. */
  readonly matchedBy: MatchedBy | null;
  /** What differs, or where the work of a layer went that is gone. */
  readonly changes: readonly Message[];
  /** What data showed of the layer's outputs; absent without data. */
  readonly activations?: ActivationError;
}

/**
 * How far the outputs of a layer of b lie from those of its partner in a, in decibels over all samples: Infinity where they
 * are equal to the bit, -Infinity where one alone is not finite; null where that could not be measured.
 */
export interface ActivationError {
  /** The layer of b run on the original's inputs to it: what it alone does. */
  readonly localSqnrDb: number | null;
  /** In the whole of b: with all that comes from the layers before. */
  readonly cumulativeSqnrDb: number | null;
  /** Why one of them is null. */
  readonly missing?: Message;
}

/** A sample for which the models choose different classes. */
export interface Disagreement {
  readonly sample: number;
  /** Row of scores within the sample, where there are several. */
  readonly row: number;
  readonly classA: number;
  readonly classB: number;
  /** The class that the data says, where it does. */
  readonly label?: number;
  /** How much a prefers its class to that of b, and b its own to that of a, together, in the outputs' own unit. */
  readonly gap: number;
}

export interface Disagreements {
  /** Rows of scores compared, and those whose greatest score is another. */
  readonly rows: number;
  readonly count: number;
  /** The greatest gaps first. */
  readonly worst: readonly Disagreement[];
}

/** What data says of two models: of their outputs here, of each layer in `LayerPair.activations`. */
export interface OutputComparison {
  readonly data: string;
  readonly samples: number;
  /** Null where the outputs cannot be compared. */
  readonly agreement: Agreement | null;
  /** Null where no output gives scores of classes. */
  readonly disagreements: Disagreements | null;
  /** Layers whose errors were measured, and over how many passes, so that captured activations fit the budget. */
  readonly measured: number;
  readonly passes: number;
  /** The layer of b with the lowest local SQNR; null where all are equal or none was measured. */
  readonly worstLayer: string | null;
  readonly notes: readonly Message[];
  readonly seconds: number;
}

export interface Comparison {
  readonly totals: { readonly a: ModelTotals; readonly b: ModelTotals };
  readonly layers: readonly LayerPair[];
  readonly outputs?: OutputComparison;
}
