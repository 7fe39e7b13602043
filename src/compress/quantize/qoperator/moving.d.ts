import type { IntegerForm } from './form.js';
/** The same operator on the integers of its first input, where that is quantized already. */
export declare const direct: IntegerForm;
export declare const since: (opset: number, form: IntegerForm) => IntegerForm;
/** Elements between others are means: those of integers would be cut off, not rounded. */
export declare const resize: IntegerForm;
/** onnxruntime's quantizer knows tables of constants alone. */
export declare const gather: IntegerForm;
export declare const notInReference: (form: IntegerForm) => IntegerForm;
export declare const split: IntegerForm;
/** What is added is the integer that stands for it on the grid of the input. */
export declare const pad: IntegerForm;
/** Reads integers instead of real numbers; which of them is the greatest is the same. */
export declare const argMax: IntegerForm;
