import type { Applied, ApplyInput, Method } from '../method.js';
import type { QuantizeOptions } from './options.js';
import type { RoundingContext } from './rounding/rounding.js';

/** What a scheme is given to apply its choices. */
export type QuantizeInput = ApplyInput<QuantizeOptions> & RoundingContext;

/** What a scheme does on its own, in a prepared model: the method asks the one that the options name. */
export interface Scheme extends Pick<
  Method<QuantizeOptions>,
  'needsData' | 'candidates' | 'storedBytes' | 'statistics'
> {
  /** Throws a Failure where the options contradict each other. */
  refuse(options: QuantizeOptions): void;
  apply(input: QuantizeInput): Promise<Applied>;
}
