import type { Scheme } from '../scheme.js';
/** Static quantization whose layers are operators on integers, in the place of those on real numbers. */
export declare const qoperatorScheme: Scheme;
