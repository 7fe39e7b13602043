/** Products of integers, summed in 32 bits and brought to the grid of the output: convolution and matrix products. */
import type { IntegerForm } from './form.js';
export declare const convolution: IntegerForm;
/** A right factor [K, N] has a scale a column; onnxruntime gives a stack of matrices scales along its last axis, too. */
export declare const matMul: IntegerForm;
/**
 * QGemm adds integers of the scale of its products, alpha included, and knows no beta: both go into the bias.
 * onnxruntime's quantizer puts beta into the scale, where it divides, and forgets alpha.
 */
export declare const gemm: IntegerForm;
