/** What the values and nodes of QOperator format are called. */
import type { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
export interface QOperatorNaming {
    integers(value: string): string;
    /** Of what Split puts out. */
    partIntegers(value: string): string;
    scale(value: string): string;
    zeroPoint(value: string): string;
    bias(bias: string): string;
    biasScale(bias: string): string;
    biasZeroPoint(bias: string): string;
    quantizeNode(value: string): string | undefined;
    dequantizeNode(value: string): string | undefined;
    /** The node of integers that takes a node's place. */
    operator(node: Node): string | undefined;
}
/** The names that onnxruntime's quantizer gives. */
export declare const onnxruntimeQOperatorNaming: QOperatorNaming;
/** Short names, unlike all that the model has; a layer keeps its name. */
export declare function shortQOperatorNaming(names: Names): QOperatorNaming;
