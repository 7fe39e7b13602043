/** A data set made of arrays whose first axis counts the samples (.npz, .npy). */
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import { elementCount } from '../tensor/elementType.js';
import type { ElementType } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import { convert, isConvertible, isRounded, typeFailure, ValueOutOfRange } from './convert.js';
import type { Dataset } from './dataset.js';
import { readLabels } from './labels.js';
import { inputNames, shapeText, type ModelInput } from './modelInput.js';
import type { SampleArray } from './npy.js';
import type { NamedArrays } from './numpyFiles.js';

/** An array that feeds an input. */
interface Feed {
  readonly name: string;
  readonly input: ModelInput;
  readonly elementType: ElementType;
  readonly array: SampleArray;
  /** The array has the input's axes and the samples run along its first; else each sample is the whole input. */
  readonly stacked: boolean;
}

const LABEL_NAMES = ['labels', 'y'];

/** Matches arrays to the inputs of a model by name. Fails with a `data.*` failure that names the array. */
export async function arrayDataset(file: string, arrays: NamedArrays, inputs: readonly ModelInput[]): Promise<Dataset> {
  const labelName = LABEL_NAMES.find(
    (name) => arrays.names.includes(name) && !inputs.some((input) => input.name === name),
  );
  const nameOf = arrayNames(file, arrays.names, inputs, labelName);
  const feeds: Feed[] = [];
  for (const input of inputs) feeds.push(await feedOf(file, nameOf(input), arrays, input));
  const labels = labelName === undefined ? undefined : await arrays.open(labelName);

  const sampleCount = feeds[0]?.array.shape[0] ?? 0;
  if (sampleCount === 0) throw new Failure('data.no-samples', { file });
  const counted = feeds.map(({ name, array }) => ({ name, count: array.shape[0] ?? 0 }));
  if (labels) counted.push({ name: labelName!, count: labels.shape[0] ?? 0 });
  const other = counted.find(({ count }) => count !== sampleCount);
  if (other) {
    const first = { array: feeds[0]!.name, count: sampleCount };
    throw new Failure('data.sample-count', { file, ...first, other: other.name, otherCount: other.count });
  }

  const stackable = feeds.every(({ stacked }) => stacked) && feeds.every(({ input }) => input.shape?.[0] !== 1);
  const fixedBatch = stackable
    ? feeds.map(({ input }) => input.shape?.[0]).find((size) => typeof size === 'number')
    : undefined;
  return {
    name: file,
    sampleCount,
    inputs: feeds.map(({ input, elementType, array, stacked }) => ({
      name: input.name,
      elementType,
      sampleShape: stacked && !stackable ? [1, ...array.shape.slice(1)] : array.shape.slice(1),
    })),
    stackable,
    fixedBatch,
    labels: labels && (await readLabels(file, labelName!, labels)),
    warnings: warningsOf(file, arrays.names, feeds, labelName),
    async read(samples) {
      if (!stackable && samples.length !== 1) throw new RangeError('samples of this data set cannot be joined');
      const entries = feeds.map(async (feed) => [feed.input.name, await readFeed(file, feed, samples)] as const);
      return { samples, feeds: Object.fromEntries(await Promise.all(entries)) };
    },
  };
}

/** Which array feeds an input: that of its name, or a lone array of any name for a lone input. */
function arrayNames(
  file: string,
  names: readonly string[],
  inputs: readonly ModelInput[],
  labelName: string | undefined,
): (input: ModelInput) => string {
  const candidates = names.filter((name) => name !== labelName);
  return (input) => {
    if (candidates.includes(input.name)) return input.name;
    if (inputs.length === 1 && candidates.length === 1) return candidates[0]!;
    const present = names.join(', ') || 'none';
    throw new Failure('data.missing-input', { file, input: input.name, arrays: present, inputs: inputNames(inputs) });
  };
}

async function feedOf(file: string, name: string, arrays: NamedArrays, input: ModelInput): Promise<Feed> {
  const { elementType } = input;
  if (elementType === 'other' || elementType === 'string') {
    throw new Failure('data.input-kind', { input: input.name, kind: elementType === 'string' ? 'text' : 'no tensor' });
  }
  const array = await arrays.open(name);
  if (!isConvertible(array.elementType, elementType)) {
    throw typeFailure({
      file,
      array: name,
      input: input.name,
      actual: array.elementType,
      expected: elementType,
    });
  }
  return { name, input, elementType, array, stacked: isStacked(file, name, array, input) };
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

async function readFeed(file: string, feed: Feed, samples: readonly number[]): Promise<TensorArray> {
  const { name, input, elementType, array, stacked } = feed;
  const data = await array.readRows(samples);
  const shape = stacked ? [samples.length, ...array.shape.slice(1)] : array.shape.slice(1);
  if (data.length !== elementCount(shape)) throw new RangeError(`${name} has ${data.length} elements`);
  try {
    return { elementType, shape, data: convert(data, array.elementType, elementType) };
  } catch (error) {
    if (!(error instanceof ValueOutOfRange)) throw error;
    throw new Failure('data.value', {
      file,
      array: name,
      value: String(error.value),
      expected: elementType,
      input: input.name,
    });
  }
}

function warningsOf(
  file: string,
  names: readonly string[],
  feeds: readonly Feed[],
  labelName: string | undefined,
): Message[] {
  const rounded = feeds.filter(({ array, elementType }) => isRounded(array.elementType, elementType));
  const unused = names.filter((name) => name !== labelName && !feeds.some((feed) => feed.name === name));
  return [
    ...rounded.map(({ name, array, elementType }) =>
      sentence('data.rounded', { array: name, actual: array.elementType, expected: elementType }),
    ),
    ...(unused.length > 0 ? [sentence('data.unused', { file, arrays: unused.join(', ') })] : []),
  ];
}
