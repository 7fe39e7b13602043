import type { Method } from '../method.js';
import type { QuantizeOptions } from './options.js';

/** What a scheme does on its own, in a prepared model: the method asks the one that the options name. */
export interface Scheme extends Pick<
  Method<QuantizeOptions>,
  'needsData' | 'candidates' | 'storedBytes' | 'statistics' | 'apply'
> {
  /** Throws a Failure where the options contradict each other. */
  refuse(options: QuantizeOptions): void;
}
