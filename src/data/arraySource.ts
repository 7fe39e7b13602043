import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import { elementCount } from '../tensor/elementType.js';
import type { ElementType } from '../tensor/elementType.js';
import type { NumericArray, TensorArray } from '../tensor/tensor.js';
import { convert, isConvertible, isRounded, typeFailure, ValueOutOfRange } from './convert.js';
import { fedType, type FeedSource } from './feedSource.js';
import { shapeText, type ModelInput } from './modelInput.js';
import type { SampleArray } from './npy.js';

/**
 * An array that feeds an input: its first axis counts the samples, and is the batch axis of the input or an axis more; for an
 * input without axes a lone number is fed to each sample. Fails where type or shape do not fit.
 */
export function arraySource(file: string, name: string, array: SampleArray, input: ModelInput): FeedSource {
  const elementType = fedType(input);
  if (!isConvertible(array.elementType, elementType)) {
    const types = { actual: array.elementType, expected: elementType };
    throw typeFailure({ file, array: name, input: input.name, ...types });
  }
  const warnings = isRounded(array.elementType, elementType)
    ? [sentence('data.rounded', { array: name, actual: array.elementType, expected: elementType })]
    : [];
  const converted = (data: NumericArray, shape: readonly number[]) => tensorOf(file, name, array, input, data, shape);
  if (input.shape?.length === 0 && elementCount(array.shape) === 1 && array.shape.length <= 1) {
    return {
      name,
      input,
      elementType,
      sampleCount: null,
      sampleShape: [],
      stacked: false,
      warnings,
      read: async () => converted(await array.readRows([0]), []),
    };
  }
  const stacked = isStacked(file, name, array, input);
  const sampleShape = array.shape.slice(1);
  return {
    name,
    input,
    elementType,
    sampleCount: array.shape[0] ?? 0,
    sampleShape,
    stacked,
    warnings,
    read: async (samples) =>
      converted(await array.readRows(samples), stacked ? [samples.length, ...sampleShape] : sampleShape),
  };
}

function isStacked(file: string, name: string, array: SampleArray, input: ModelInput): boolean {
  const expected = input.shape;
  const rank = array.shape.length;
  const fits = (dimensions: readonly number[], wanted: readonly unknown[]) =>
    dimensions.every((size, i) => typeof wanted[i] !== 'number' || wanted[i] === size);
  if (!expected) return rank > 0;
  if (rank === expected.length && rank > 0 && fits(array.shape.slice(1), expected.slice(1))) return true;
  if (rank === expected.length + 1 && fits(array.shape.slice(1), expected)) return false;
  throw new Failure('data.shape', {
    file,
    array: name,
    input: input.name,
    shape: array.shape.join(','),
    expected: shapeText(expected),
    sample: shapeText(expected.slice(1)),
  });
}

/** Elements as the input takes them. Fails with the value that does not fit. */
function tensorOf(
  file: string,
  name: string,
  array: { readonly elementType: ElementType },
  { name: input, elementType: wanted }: ModelInput,
  data: NumericArray,
  shape: readonly number[],
): TensorArray {
  const elementType = wanted as ElementType;
  if (data.length !== elementCount(shape)) throw new RangeError(`${name} has ${data.length} elements`);
  try {
    return { elementType, shape, data: convert(data, array.elementType, elementType) };
  } catch (error) {
    if (!(error instanceof ValueOutOfRange)) throw error;
    throw new Failure('data.value', { file, array: name, value: String(error.value), expected: elementType, input });
  }
}
