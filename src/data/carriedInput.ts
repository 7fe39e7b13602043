import type { TensorArray } from '../tensor/tensor.js';

/** Recurrent state: an input that takes over an output of the run before. */
export interface CarriedInput {
  readonly input: string;
  /** The output of one run that is the input of the next. */
  readonly output: string;
  /** What the first run is fed: zeros, free dimensions 1 long. */
  readonly initial: TensorArray;
}
