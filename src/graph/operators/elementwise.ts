/** Operators that work on each element alone, with broadcasting where they take several inputs. */
import { elementTypeOfCode } from '../../tensor/elementType.js';
import type { ElementType } from '../../tensor/elementType.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size, SymbolicSize } from '../inference/size.js';
import {
  add,
  compareSizes,
  divideExactly,
  equalSizes,
  floorDivide,
  isAtLeast,
  lowerBound,
  multiply,
  subtract,
} from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { always, broadcastShape, isInteger, mapElements, sameElements, sameShape, typeOfInput } from './rules.js';

type Unary = (x: number) => number;
type Binary = (a: Size, b: Size, output: ElementType | undefined) => Size | undefined;

const unary = (apply?: Unary, ofSymbol?: (x: SymbolicSize) => Size | undefined): Operator => ({
  inputs: ['data'],
  shapes: sameShape,
  elements: apply && ((c) => mapElements(c, (x) => (typeof x === 'number' ? apply(x) : ofSymbol?.(x)))),
});

const binary = (apply?: Binary): Operator => ({
  inputs: ['data'],
  shapes: broadcastShape,
  elements:
    apply &&
    ((c) => (c.inputs.length === 2 ? mapElements(c, (a, b) => apply(a, b, c.outputs[0]?.elementType)) : undefined)),
});

/** Any number of inputs, taken two by two. */
const variadic = (apply: Binary): Operator => ({
  inputs: ['data'],
  shapes: broadcastShape,
  elements: (c) =>
    mapElements(c, (first, ...rest) =>
      rest.reduce<Size | undefined>(
        (total, next) => (total === undefined ? undefined : apply(total, next, undefined)),
        first,
      ),
    ),
});

const ofNumbers =
  (apply: (a: number, b: number) => number): Binary =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? apply(a, b) : undefined;

const predicate = (operator: Operator): Operator => ({ ...operator, types: always('bool') });

/** Arithmetic on sizes is exact in integers only. */
const exact =
  (apply: (a: Size, b: Size) => Size): Binary =>
  (a, b) =>
    (typeof a === 'number' && typeof b === 'number') || (isWhole(a) && isWhole(b)) ? apply(a, b) : undefined;

const isWhole = (size: Size) => typeof size !== 'number' || Number.isInteger(size);

const divide: Binary = (a, b, output) => {
  if (typeof a === 'number' && typeof b === 'number') {
    if (!isInteger(output)) return a / b;
    return b === 0 ? undefined : Math.trunc(a / b);
  }
  if (!isWhole(a) || !isWhole(b)) return undefined;
  const quotient = divideExactly(a, b);
  if (quotient !== undefined || !isInteger(output)) return quotient;
  return typeof b === 'number' && b > 0 && lowerBound(a) >= 0 ? floorDivide(a, b) : undefined;
};

/** ONNX Mod: the sign of the divisor, or with `fmod` that of the dividend. */
const modulo =
  (fmod: boolean): Binary =>
  (a, b) => {
    if (typeof b !== 'number' || b === 0) return undefined;
    if (typeof a === 'number') return fmod ? a % b : a - b * Math.floor(a / b);
    return Number.isInteger(b) && b > 0 && lowerBound(a) >= 0 ? subtract(a, multiply(floorDivide(a, b), b)) : undefined;
  };

const order = (a: Size, b: Size) => (isWhole(a) && isWhole(b) ? compareSizes(a, b) : undefined);

const comparison = (holds: (sign: number) => boolean): Operator =>
  predicate(
    binary((a, b) => {
      const s = typeof a === 'number' && typeof b === 'number' ? Math.sign(a - b) : order(a, b);
      return s === undefined ? undefined : Number(holds(s));
    }),
  );

const maximum: Binary = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  if (!isWhole(a) || !isWhole(b)) return undefined;
  return isAtLeast(a, b) ? a : isAtLeast(b, a) ? b : undefined;
};

const minimum: Binary = (a, b) => {
  const larger = maximum(a, b, undefined);
  return larger === undefined ? undefined : equalSizes(larger, a) ? b : a;
};

/** Half to even. */
function round(x: number): number {
  const nearest = Math.round(x);
  return Math.abs(x % 1) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

const logical = (apply: (a: boolean, b: boolean) => boolean): Operator =>
  predicate(binary(ofNumbers((a, b) => Number(apply(a !== 0, b !== 0)))));

const castElements = (c: RuleContext) => {
  const type = c.outputs[0]?.elementType;
  const convert = (x: Size) => {
    if (typeof x !== 'number') return type === 'bool' ? undefined : x;
    if (type === 'bool') return Number(x !== 0);
    return isInteger(type) ? Math.trunc(x) : x;
  };
  return mapElements(c, convert, c.inputs.slice(0, 1));
};

const cast: Operator = {
  inputs: ['data'],
  types: (c) => [elementTypeOfCode(c.node.int('to', 0))],
  shapes: sameShape,
  elements: castElements,
};

const plain = unary();
const identity = unary(
  (x) => x,
  (x) => x,
);

const withoutElements = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Erf', 'Sin', 'Sinh', 'Tan', 'BitwiseNot'],
  ...['Celu', 'Elu', 'Gelu', 'HardSigmoid', 'HardSwish', 'LeakyRelu', 'Mish', 'Selu', 'Shrink', 'Swish'],
  ...['Softplus', 'Softsign', 'ThresholdedRelu', 'Hardmax', 'LogSoftmax', 'Softmax', 'Bernoulli'],
];

export const elementwise: OperatorTable = {
  ...Object.fromEntries(withoutElements.map((name) => [name, plain])),
  Abs: unary(Math.abs, (x) => (lowerBound(x) >= 0 ? x : undefined)),
  Ceil: unary(Math.ceil, (x) => x),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor, (x) => x),
  Log: unary(Math.log),
  Neg: unary(
    (x) => -x,
    (x) => multiply(x, -1),
  ),
  Not: unary((x) => Number(x === 0)),
  Reciprocal: unary((x) => 1 / x),
  Relu: unary((x) => Math.max(0, x)),
  Round: unary(round, (x) => x),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Sign: unary(Math.sign),
  Sqrt: unary(Math.sqrt),
  Tanh: unary(Math.tanh),
  IsNaN: predicate(plain),
  IsInf: predicate(plain),

  Add: binary(exact(add)),
  Sub: binary(exact(subtract)),
  Mul: binary(exact(multiply)),
  Div: binary(divide),
  Mod: { ...binary(), elements: (c) => binary(modulo(c.node.int('fmod', 0) !== 0)).elements?.(c) },
  Pow: binary(ofNumbers(Math.pow)),
  Sum: variadic(exact(add)),
  Mean: binary(),
  Max: variadic(maximum),
  Min: variadic(minimum),
  BitShift: binary(),
  BitwiseAnd: binary(),
  BitwiseOr: binary(),
  BitwiseXor: binary(),

  Equal: comparison((s) => s === 0),
  Greater: comparison((s) => s > 0),
  GreaterOrEqual: comparison((s) => s >= 0),
  Less: comparison((s) => s < 0),
  LessOrEqual: comparison((s) => s <= 0),
  And: logical((a, b) => a && b),
  Or: logical((a, b) => a || b),
  Xor: logical((a, b) => a !== b),

  Where: {
    inputs: ['data'],
    types: typeOfInput(1),
    shapes: broadcastShape,
    elements: (c) =>
      mapElements(c, (condition, a, b) => (typeof condition === 'number' ? (condition ? a : b) : undefined)),
  },
  Cast: cast,
  CastLike: { ...cast, inputs: ['data', 'argument'], types: typeOfInput(1) },
  BitCast: { ...cast, elements: undefined },
  Identity: { ...identity, elements: sameElements },
  Clip: { inputs: ['data', 'argument', 'argument'], shapes: sameShape },
  Dropout: {
    inputs: ['data', 'argument', 'argument'],
    types: (c) => [c.type(0), c.opset >= 10 ? 'bool' : c.type(0)],
    shapes: (c) => [c.shape(0), c.shape(0)],
    elements: (c) => (c.has(2) ? undefined : c.knownElements(0)),
  },
  PRelu: {
    inputs: ['data', 'weight'],
    shapes: sameShape,
    channelAxis: (_node, input, rank) => (input === 1 && rank > 1 ? 0 : undefined),
  },
};

export const contribElementwise: OperatorTable = {
  Gelu: plain,
  FastGelu: { ...plain, inputs: ['data', 'bias'] },
  BiasGelu: { ...plain, inputs: ['data', 'bias'] },
  QuickGelu: plain,
  BiasAdd: { ...plain, inputs: ['data', 'bias', 'data'] },
};
