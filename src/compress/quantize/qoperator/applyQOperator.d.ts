import type { Applied, ApplyInput } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
/** Puts operators on integers in the place of the chosen layers. */
export declare function applyQOperator(input: ApplyInput<QuantizeOptions>): Promise<Applied>;
