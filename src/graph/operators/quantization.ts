import { elementTypeOfCode } from '../../tensor/elementType.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { sameShape, typeOfInput } from './rules.js';

const typeAttribute = (c: RuleContext) => elementTypeOfCode(c.node.int('output_dtype', 0));

const quantizeLinear: Operator = {
  inputs: ['data', 'scale', 'zeroPoint'],
  types: (c) => [c.has(2) ? c.type(2) : (typeAttribute(c) ?? 'uint8')],
  shapes: sameShape,
};

const dequantizeLinear: Operator = {
  inputs: ['data', 'scale', 'zeroPoint'],
  types: (c) => [typeAttribute(c) ?? c.type(1)],
  shapes: sameShape,
};

export const quantization: OperatorTable = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: {
    inputs: ['data'],
    types: () => ['uint8', 'float32', 'uint8'],
    shapes: (c) => [c.shape(0), [], []],
  },
};

/** A, its scale and zero point, B, its scale and zero point, those of the result. */
const quantizedBinary: Operator = {
  inputs: ['data', 'scale', 'zeroPoint', 'data', 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
  shapes: (c) => [c.broadcast(c.shape(0), c.shape(3))],
  integerWeights: [
    { input: 0, scale: 1, zeroPoint: 2 },
    { input: 3, scale: 4, zeroPoint: 5 },
  ],
};

const quantizedUnary: Operator = { inputs: ['data', 'scale', 'zeroPoint', 'scale', 'zeroPoint'], shapes: sameShape };

export const contribQuantization: OperatorTable = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  QLinearAdd: quantizedBinary,
  QLinearMul: quantizedBinary,
  QLinearSigmoid: quantizedUnary,
  QLinearLeakyRelu: quantizedUnary,
  QLinearSoftmax: quantizedUnary,
  /** Scale and zero point of the result, then tensor, scale and zero point of each part. */
  QLinearConcat: {
    inputs: ['scale', 'zeroPoint', 'data', 'scale', 'zeroPoint', 'data', 'scale', 'zeroPoint', 'data'],
    types: typeOfInput(1),
    shapes: (c) => {
      const first = c.shape(2);
      const axis = c.axis(c.node.int('axis', 0), first.length);
      let total: Size = 0;
      for (let input = 2; input < c.inputs.length; input += 3) total = add(total, c.size(input, axis));
      return [first.map((size, i) => (i === axis ? total : size))];
    },
  },
  QLinearWhere: {
    inputs: ['data', 'data', 'scale', 'zeroPoint', 'data', 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
    types: typeOfInput(1),
    shapes: (c) => [c.broadcast(c.shape(0), c.shape(1), c.shape(4))],
  },
};
