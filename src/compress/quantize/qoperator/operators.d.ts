/** What stands for each operator in QOperator format (onnxruntime, quantization/operators and registry.py). */
import type { Node } from '../../../graph/node.js';
import type { IntegerForm } from './form.js';
export declare function hasIntegerForm(node: Node, exact: boolean): boolean;
export declare function integerFormOf(node: Node): IntegerForm;
