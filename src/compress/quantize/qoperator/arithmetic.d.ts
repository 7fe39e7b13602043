import type { IntegerForm } from './form.js';
/** Sum or product of two tensors. */
export declare const arithmetic: IntegerForm;
export declare const elementwise: IntegerForm;
export declare const averagePool: IntegerForm;
/** The axis is written out, because that of QLinearSoftmax is -1 always if it is not. */
export declare const softmax: IntegerForm;
/** Onnxruntime's quantizer takes the mean where the input is quantized already, and so it is here. */
export declare const globalAveragePool: IntegerForm;
export declare const concatenation: IntegerForm;
/**
 * One of two values where at least one is quantized already. onnxruntime's quantizer leaves Where as it is, and forgets
 * to make real numbers of what it reads.
 */
export declare const selection: IntegerForm;
