import type { RoundedWeight } from '../rounding/rounding.js';
import type { PlannedBias } from './operand.js';
import type { QOperatorGraph } from './qoperatorGraph.js';
/**
 * Enlarges weight scales where a bias would not fit in 32 bits. onnxruntime does so for signed symmetric weights alone.
 * Returns the scales of the biases as they were at the turn of each, which the reference keeps where a later one enlarges
 * a shared weight's, and the weights whose scales changed.
 */
export declare function makeRoomForBiases(graph: QOperatorGraph): Promise<{
    scales: Map<PlannedBias, Float32Array>;
    enlarged: string[];
}>;
/** Writes weights, other constants and biases as initializers. */
export declare function fillConstants(graph: QOperatorGraph, rounded: ReadonlyMap<string, RoundedWeight>, biasScalesBefore: ReadonlyMap<PlannedBias, Float32Array>, onConstant: () => void): Promise<void>;
