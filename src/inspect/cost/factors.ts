import type { Inference } from '../../graph/inference/inference.js';
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { operatorOf } from '../../graph/operators.js';
import type { Scope } from '../../graph/scope.js';
import { constantOf } from '../../graph/constants.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypes } from '../../tensor/elementType.js';
import { residentNumbers } from '../../tensor/numbers.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { MacUnit, NumberKind } from './energyTable.js';
import type { StoredValues } from './storedValues.js';

/** `runtime`: computed while the model runs, so that it must be taken to be other than 0. */
export type ZeroPoint = 'zero' | 'constant' | 'runtime';

/** One of the two factors of a layer's products. */
export interface Factor {
  readonly input: number;
  readonly kind: NumberKind;
  readonly bits: number;
  readonly zeroPoint: ZeroPoint;
  /** Known when the model is loaded. */
  readonly isConstant: boolean;
  /** The constant, where the layer itself reads it. */
  readonly weight?: LayerWeight;
}

/** The factors of a layer that multiplies. The second is a constant where just one is. */
export interface Factors {
  readonly activation: Factor;
  readonly weight: Factor;
}

/** Operators that turn their float input into 8-bit integers before they multiply. */
const quantizeTheirInput = new Set(['DynamicQuantizeMatMul', 'DynamicQuantizeLSTM', 'QAttention']);

/** MatMulNBits at this accuracy level multiplies 8-bit activations (onnxruntime, ContribOperators.md). */
const eightBitLevel = 4;

/** Undefined where the element type of a factor is not known. */
export function factorsOf(layer: Layer, inference: Inference, values: StoredValues): Factors | undefined {
  const [first, second] = factorInputs(layer);
  const left = factorAt(layer, first, inference, values);
  const right = factorAt(layer, second, inference, values);
  if (!left || !right) return undefined;
  return left.isConstant && !right.isConstant
    ? { activation: right, weight: left }
    : { activation: left, weight: right };
}

/** Integers multiply as integers where both factors are; else both as floats of the wider float. */
export function unitOf({ activation, weight }: Factors): MacUnit {
  if (activation.kind === 'integer' && weight.kind === 'integer') {
    return { kind: 'integer', weightBits: weight.bits, activationBits: activation.bits };
  }
  const floats = [activation, weight].filter(({ kind }) => kind === 'float');
  const bits = Math.max(...floats.map((factor) => factor.bits));
  return { kind: 'float', weightBits: bits, activationBits: bits };
}

/** The first input, and the first after it that is for weights. */
function factorInputs({ node }: Layer): [number, number] {
  const roles = operatorOf(node)?.inputs ?? [];
  const second = roles.findIndex((role, input) => input > 0 && role === 'weight');
  return [0, second > 0 ? second : node.inputs.length > 1 ? 1 : 0];
}

function factorAt(layer: Layer, input: number, inference: Inference, values: StoredValues): Factor | undefined {
  const { node, scope } = layer;
  const weight = layer.weights.find((candidate) => candidate.input === input);
  if (weight) return constantFactor(layer, input, weight);
  const name = node.inputs[input] ?? '';
  const stored = values.stored(scope, name);
  const type = stored ? values.elementType(stored) : inference.elementTypeOf(scope.graph, name);
  if (!type) return undefined;
  const quantizes =
    quantizeTheirInput.has(node.opType) ||
    (node.opType === 'MatMulNBits' && node.int('accuracy_level', 0) === eightBitLevel);
  if (quantizes && input === 0) {
    return {
      input,
      kind: 'integer',
      bits: 8,
      zeroPoint: node.opType === 'MatMulNBits' ? 'zero' : 'runtime',
      isConstant: false,
    };
  }
  const integer = isInteger(type);
  return {
    input,
    kind: integer ? 'integer' : 'float',
    bits: elementTypes[type].bits,
    zeroPoint: integer ? activationZeroPoint(layer, input) : 'zero',
    isConstant: !stored,
  };
}

function constantFactor({ node }: Layer, input: number, weight: LayerWeight): Factor {
  const { elementType } = weight.tensor;
  if (!isInteger(elementType)) {
    return { input, kind: 'float', bits: elementTypes[elementType].bits, zeroPoint: 'zero', isConstant: true, weight };
  }
  const packed = node.opType === 'MatMulNBits';
  const bits = packed ? node.int('bits', 4) : elementTypes[elementType].bits;
  const zeroPoint = packed ? 'zero' : zeroPointOf(weight.quantization?.zeroPoint);
  return { input, kind: 'integer', bits, zeroPoint, isConstant: true, weight };
}

/** That of the DequantizeLinear before, or of the operator's own input for it. */
function activationZeroPoint({ node, scope }: Layer, input: number): ZeroPoint {
  const name = node.inputs[input] ?? '';
  const producerScope = scope.definingScope(name);
  const producer = producerScope?.graph.producer(name);
  if (producerScope && producer?.opType === 'DequantizeLinear') return zeroPointAt(producerScope, producer.inputs[2]);
  const entry = operatorOf(node)?.integerWeights?.find((candidate) => candidate.input === input);
  // ConvInteger and its like name the zero point of their weights alone in the table.
  const at = entry
    ? entry.zeroPoint
    : node.opType === 'QLinearConv'
      ? 2
      : node.opType.endsWith('Integer')
        ? 2
        : undefined;
  return at === undefined ? 'zero' : zeroPointAt(scope, node.inputs[at]);
}

function zeroPointAt(scope: Scope, name: string | undefined): ZeroPoint {
  if (!name) return 'zero';
  const constant = constantOf(scope, name);
  return constant ? zeroPointOf(constant.tensor) : 'runtime';
}

/** One that is not in memory counts as other than 0. */
function zeroPointOf(tensor: Tensor | undefined): ZeroPoint {
  if (!tensor) return 'zero';
  const numbers = residentNumbers(tensor);
  return numbers?.every((each: number) => each === 0) ? 'zero' : 'constant';
}

function isInteger(type: ElementType): boolean {
  return elementTypes[type].kind === 'integer';
}
