/** Conversions of data to the type of a model's input: those that lose nothing a model could tell, and no other. */
import type { ElementType } from '../tensor/elementType.js';
import { elementTypes } from '../tensor/elementType.js';
import type { NumericArray } from '../tensor/tensor.js';
import { emptyNumericArray } from '../tensor/numericArray.js';

/** A value that the input's type cannot hold. */
export class ValueOutOfRange extends Error {
  constructor(readonly value: number | bigint) {
    super(`${value} is out of range`);
  }
}

/** float64 to float32 rounds; integers and truth values go to any integer type that holds them. Float from integer is a scaling that only the training knows. */
export function isConvertible(from: ElementType, to: ElementType): boolean {
  if (from === to) return true;
  if (from === 'float64' && to === 'float32') return true;
  return isWhole(from) && isWhole(to);
}

/** Throws ValueOutOfRange. */
export function convert(data: NumericArray, from: ElementType, to: ElementType): NumericArray {
  if (from === to) return data;
  const target = emptyNumericArray(to, data.length);
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
