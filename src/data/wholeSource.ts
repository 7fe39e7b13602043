import { Failure } from '../messages/failure.js';
import { elementCount } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import { convert, isConvertible, typeFailure, ValueOutOfRange } from './convert.js';
import { fedType, type FeedSource } from './feedSource.js';
import { shapeText, type ModelInput } from './modelInput.js';

/** One sample of an input, and what failures call where it comes from. */
export interface WholeValue extends TensorArray {
  readonly file: string;
  readonly array: string;
}

/** Samples that are read one by one and may differ in shape; each is the whole input, or the input without its batch axis. */
export function wholeSource(
  name: string,
  input: ModelInput,
  sampleCount: number,
  read: (sample: number) => Promise<WholeValue>,
): FeedSource {
  const elementType = fedType(input);
  return {
    name,
    input,
    elementType,
    sampleCount,
    stacked: false,
    read: async ([sample]) => fedValue(await read(sample!), input),
  };
}

/** A value that is fed to every sample. */
export function constantSource(input: ModelInput, value: WholeValue): FeedSource {
  const fed = fedValue(value, input);
  const { elementType, shape } = fed;
  const read = () => Promise.resolve(fed);
  return { name: value.array, input, elementType, sampleCount: null, sampleShape: shape, stacked: false, read };
}

/** A value as the input takes it. Fails where type, shape or a number does not fit. */
export function fedValue(value: WholeValue, input: ModelInput): TensorArray {
  const { file, array, elementType: actual, data } = value;
  const elementType = fedType(input);
  const place = { file, array, input: input.name };
  if (!isConvertible(actual, elementType)) throw typeFailure({ ...place, actual, expected: elementType });
  const shape = fittingShape(value.shape, input);
  if (!shape) {
    const shapes = { shape: value.shape.join(','), expected: shapeText(input.shape) };
    throw new Failure('data.sample-shape', { ...place, ...shapes });
  }
  if (data.length !== elementCount(shape)) throw new RangeError(`${array} has ${data.length} elements`);
  try {
    return { elementType, shape, data: convert(data, actual, elementType) };
  } catch (error) {
    if (!(error instanceof ValueOutOfRange)) throw error;
    throw new Failure('data.value', { ...place, value: String(error.value), expected: elementType });
  }
}

function fittingShape(shape: readonly number[], { shape: wanted }: ModelInput): readonly number[] | undefined {
  const fits = (sizes: readonly number[], dimensions: readonly unknown[]) =>
    sizes.length === dimensions.length &&
    sizes.every((size, i) => typeof dimensions[i] !== 'number' || dimensions[i] === size);
  if (!wanted || fits(shape, wanted)) return shape;
  const joined = [1, ...shape];
  if (fits(joined, wanted)) return joined;
  // A lone number in a list, for an input without axes.
  return wanted.length === 0 && elementCount(shape) === 1 ? [] : undefined;
}
