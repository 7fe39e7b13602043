/** What layers and models cost to run: fields of the JSON of `tare inspect`, whose names are a contract. Types only. */
import type { MacUnit } from './energyTable.js';

/**
 * The work that zero points add to the products of integers: sum (x - zx)(w - zw) = sum xw - zw sum x - zx sum w + K zx zw
 * (B. Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
 * section 2.3).
 */
export interface ZeroPointTerms {
  /** Additions for sums over activations, at each run: the weight has a zero point other than 0. */
  readonly rowSums: number;
  /** Additions for sums over a second activation, at each run (a product of two activations). */
  readonly columnSums: number;
  /** Additions for sums over a constant weight, done once when the model is loaded. */
  readonly foldedSums: number;
  /** Multiplications by a zero point, each with an addition, at each run. */
  readonly corrections: number;
  /** What these add at each run, as a share of the layer's multiplications and additions. */
  readonly share: number;
}

/** Estimates, in picojoules. */
export interface Energy {
  readonly computePj: number;
  /** Activations that fit in on-chip memory. */
  readonly sramPj: number;
  /** Weights, once a run, and activations that do not fit. */
  readonly dramPj: number;
}

/** One run of a layer, for one sample. Null is unknown: sizes depend on the input's, or on data. */
export interface LayerCost {
  /** What multiplies; null where nothing does, or types are unknown. */
  readonly unit: MacUnit | null;
  /** Multiply-accumulates times the bits of both factors. */
  readonly bitOperations: number | null;
  /** Constants read; of a table that is looked up, the rows. */
  readonly weightBytes: number;
  /** Activations read and written. Integers between a QuantizeLinear and its DequantizeLinear count as integers. */
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
  /** Of layers that multiply integers. */
  readonly zeroPoints: ZeroPointTerms | null;
  readonly energy: Energy | null;
  /** One multiplier and one adder of `unit`, square micrometres; an estimate. */
  readonly areaUm2: number | null;
  /** How often one run of the model runs it: 0 in a branch that is not taken; null where a loop's length is unknown. */
  readonly executions: number | null;
}

export interface UnitCost extends MacUnit {
  readonly macs: number;
  readonly areaUm2: number;
}

/** One run of a model, for one sample: its layers by their executions. Of an If the costlier branch. */
export interface ModelCost {
  readonly bitOperations: number | null;
  readonly weightBytes: number | null;
  /** Activations read and written. */
  readonly activationBytes: number | null;
  /**
   * The most bytes of activations that are alive at once, in the order of the file, each in memory of its own, from the
   * layer that makes it to the last that reads it; inputs of the model included.
   */
  readonly peakActivationBytes: number | null;
  /** The layer that runs then. */
  readonly peakLayer: string | null;
  readonly energy: Energy | null;
  /** What of `energy.dramPj` goes into reading weights. */
  readonly dramWeightPj: number | null;
  /** The kinds of unit, the busiest first. */
  readonly units: readonly UnitCost[];
  /** Operations that zero points add, as a share of all multiplications and additions; null where no integers multiply. */
  readonly zeroPointShare: number | null;
  /** Layers for which something is unknown. */
  readonly unknownLayers: number;
}
