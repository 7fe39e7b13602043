import type { QuantizedValue } from '../integerGraph.js';
import type { ValueParameters } from '../valueParameters.js';

/** A value that exists as integers, and the grid they lie on. */
export interface Operand extends QuantizedValue {
  readonly parameters: ValueParameters;
}

/** A constant that is to be stored as integers. */
export interface PlannedConstant extends Operand {
  readonly value: string;
  /** A weight has settings of its own; another constant is treated as an activation. */
  readonly isWeight: boolean;
  /** Its scales may be enlarged, so that biases fit. */
  parameters: ValueParameters;
}

/** A bias that is to be added to sums of products in 32 bits. */
export interface PlannedBias {
  readonly value: string;
  readonly integers: string;
  readonly scale: string;
  readonly zeroPoint: string;
  readonly input: Operand;
  readonly weight: Operand | PlannedConstant;
  /** The operator multiplies the bias by this, and its sums of products by `productFactor`. */
  readonly beta: number;
  readonly productFactor: number;
  /** One axis of as many elements as there are output channels, made of a single number. */
  readonly expandTo?: number;
}
