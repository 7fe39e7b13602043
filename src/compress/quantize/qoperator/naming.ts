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
export const onnxruntimeQOperatorNaming: QOperatorNaming = {
  integers: (value) => `${value}_quantized`,
  partIntegers: (value) => `${value}quantized`,
  scale: (value) => `${value}_scale`,
  zeroPoint: (value) => `${value}_zero_point`,
  bias: (bias) => `${bias}_quantized`,
  biasScale: (bias) => `${bias}_quantized_scale`,
  biasZeroPoint: (bias) => `${bias}_quantized_zero_point`,
  quantizeNode: (value) => `${value}_QuantizeLinear`,
  dequantizeNode: (value) => `${value}_DequantizeLinear`,
  operator: ({ name }) => (name ? `${name}_quant` : undefined),
};

/** Short names, unlike all that the model has; a layer keeps its name. */
export function shortQOperatorNaming(names: Names): QOperatorNaming {
  const integers = (value: string) => names.value(`${value}_q`);
  return {
    integers,
    partIntegers: integers,
    scale: (value) => names.value(`${value}_scale`),
    zeroPoint: (value) => names.value(`${value}_zero`),
    bias: integers,
    biasScale: (bias) => names.value(`${bias}_scale`),
    biasZeroPoint: (bias) => names.value(`${bias}_zero`),
    quantizeNode: () => undefined,
    dequantizeNode: () => undefined,
    operator: ({ name }) => name,
  };
}
