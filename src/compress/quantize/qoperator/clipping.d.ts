import type { IntegerForm } from './form.js';
/**
 * Where the limits of the grid cut off no less than the node would, it vanishes; else it becomes a Clip of the integers,
 * with bounds on their grid. onnxruntime's quantizer lets it vanish wherever activations are asymmetric, also where the
 * grid goes beyond the bounds.
 */
export declare const clipping: IntegerForm;
