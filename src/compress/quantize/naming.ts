/** What the nodes, values and initializers that quantization adds are called. */
import type { Names } from '../../graph/names.js';

export interface Naming {
  /** The node's name; undefined for none. */
  quantizeNode(value: string): string | undefined;
  dequantizeNode(value: string): string | undefined;
  /** The integers of an activation. */
  quantized(value: string): string;
  /** The real numbers that stand for an activation once it was quantized. */
  dequantized(value: string): string;
  /** The value before it is quantized, where its name must go to the result because it is a graph output. */
  beforeQuantization(value: string): string;
  /** The value cut off at bounds, before it is quantized. */
  clipped(value: string): string;
  lowerBound(value: string): string;
  upperBound(value: string): string;
  /** The integers of a constant. */
  integers(constant: string): string;
  /** The real numbers that stand for a weight. */
  dequantizedWeight(weight: string): string;
  scale(value: string): string;
  zeroPoint(value: string): string;
  biasScale(bias: string): string;
  biasZeroPoint(bias: string): string;
}

/** The names that onnxruntime's quantizer gives. */
export const onnxruntimeNaming: Naming = {
  quantizeNode: (value) => `${value}_QuantizeLinear`,
  dequantizeNode: (value) => `${value}_DequantizeLinear`,
  quantized: (value) => `${value}_QuantizeLinear_Output`,
  dequantized: (value) => `${value}_DequantizeLinear_Output`,
  beforeQuantization: (value) => `${value}_QuantizeLinear_Input`,
  clipped: (value) => `${value}_Clip_Output`,
  lowerBound: (value) => `${value}_clip_min`,
  upperBound: (value) => `${value}_clip_max`,
  integers: (constant) => `${constant}_quantized`,
  dequantizedWeight: (weight) => `${weight}_DequantizeLinear_Output`,
  scale: (value) => `${value}_scale`,
  zeroPoint: (value) => `${value}_zero_point`,
  biasScale: (bias) => `${bias}_quantized_scale`,
  biasZeroPoint: (bias) => `${bias}_quantized_zero_point`,
};

/**
 * Short names, unlike all that the model has: in a small model names are a tenth of the file. A weight keeps its name
 * where the operator reads it. Nodes have none: as layers they are called by operator and output.
 */
export function shortNaming(names: Names): Naming {
  return {
    quantizeNode: () => undefined,
    dequantizeNode: () => undefined,
    quantized: (value) => names.value(`${value}_q`),
    dequantized: (value) => names.value(`${value}_dq`),
    beforeQuantization: (value) => names.value(`${value}_float`),
    clipped: (value) => names.value(`${value}_clip`),
    lowerBound: (value) => names.value(`${value}_low`),
    upperBound: (value) => names.value(`${value}_high`),
    integers: (constant) => names.value(`${constant}_q`),
    dequantizedWeight: (weight) => weight,
    scale: (value) => names.value(`${value}_scale`),
    zeroPoint: (value) => names.value(`${value}_zero`),
    biasScale: (bias) => names.value(`${bias}_scale`),
    biasZeroPoint: (bias) => names.value(`${bias}_zero`),
  };
}
