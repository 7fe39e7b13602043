/** Conversions of data to the type of a model's input: those that lose nothing a model could tell, and no other. */
import { Failure } from '../messages/failure.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementTypes } from '../tensor/elementType.js';
import { codeOf, valuesOfCodes } from '../tensor/smallFloat.js';
import type { NumericArray } from '../tensor/tensor.js';
import { emptyNumericArray } from '../tensor/numericArray.js';

/** A value that the input's type cannot hold. */
export class ValueOutOfRange extends Error {
  constructor(readonly value: number | bigint) {
    super(`${value} is out of range`);
  }
}

/** Wider floats round to narrower ones, small floats widen; integers and truth values go to any integer type that holds them. Float from integer is a scaling that only the training knows. */
export function isConvertible(from: ElementType, to: ElementType): boolean {
  if (from === to) return true;
  return isRounded(from, to) || isWidened(from, to) || (isWhole(from) && isWhole(to));
}

/** Does a conversion between these types round? */
export function isRounded(from: ElementType, to: ElementType): boolean {
  return (from === 'float64' && to === 'float32') || (isWideFloat(from) && isHalf(to));
}

function isWidened(from: ElementType, to: ElementType): boolean {
  return isHalf(from) && isWideFloat(to);
}

const isWideFloat = (type: ElementType) => type === 'float32' || type === 'float64';
const isHalf = (type: ElementType): type is 'float16' | 'bfloat16' => type === 'float16' || type === 'bfloat16';

/** Why an array does not feed an input: only for floats does the training know how to convert it. */
export function typeFailure(params: {
  file: string;
  array: string;
  input: string;
  actual: string;
  expected: ElementType;
}): Failure {
  return new Failure(elementTypes[params.expected].kind === 'float' ? 'data.type' : 'data.type-whole', params);
}

/** Throws ValueOutOfRange. */
export function convert(data: NumericArray, from: ElementType, to: ElementType): NumericArray {
  if (from === to) return data;
  const target = emptyNumericArray(to, data.length);
  if (isHalf(to)) {
    const code = codeOf(to, 'special');
    for (let i = 0; i < data.length; i++) target[i] = code(Number(data[i]));
    return target;
  }
  if (isHalf(from)) {
    const values = valuesOfCodes(from);
    for (let i = 0; i < data.length; i++) target[i] = values[Number(data[i])]!;
    return target;
  }
  if (from === 'float64') {
    target.set(data as never);
    return target;
  }
  const [least, greatest] = to === 'bool' ? [0n, 1n] : elementTypes[to].range!;
  const wide = target instanceof BigInt64Array || target instanceof BigUint64Array;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < least || value > greatest) throw new ValueOutOfRange(value);
    target[i] = wide ? BigInt(value) : Number(value);
  }
  return target;
}

function isWhole(type: ElementType): boolean {
  return elementTypes[type].kind === 'integer' || type === 'bool';
}
