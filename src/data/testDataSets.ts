/** ONNX test data sets: folders `test_data_set_*` with `input_N.pb` and `output_N.pb`, a TensorProto in each. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../messages/failure.js';
import { readTensorProto } from '../onnx/tensorProto.js';
import type { Tensor, TensorArray } from '../tensor/tensor.js';
import { convert, isConvertible, typeFailure, ValueOutOfRange } from './convert.js';
import type { Dataset } from './dataset.js';
import { inputNames, shapeText, type ModelInput } from './modelInput.js';
import { hasNumericArray, tensorArrayOf } from '../tensor/numericArray.js';

interface StoredValue {
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * Opens the data sets in a folder, or the one that the folder is; each is a sample. Values go by the names in the files,
 * or where these are not those of the model by their numbers.
 */
export async function openTestDataSets(path: string, inputs: readonly ModelInput[]): Promise<Dataset> {
  const folders = await dataSetFolders(path);
  if (folders.length === 0) throw new Failure('data.unknown-kind', { path });
  for (const folder of folders) await readFeeds(folder, inputs);
  const hasOutputs = (await numberedFiles(folders[0]!, 'output')).length > 0;
  return {
    name: path,
    sampleCount: folders.length,
    inputs: inputs.map(({ name, elementType }) => ({ name, elementType: elementType as TensorArray['elementType'] })),
    stackable: false,
    expected: hasOutputs ? (sample) => readOutputs(folders[sample]!) : undefined,
    warnings: [],
    async read(samples) {
      const [sample, ...others] = samples;
      if (sample === undefined || others.length > 0) throw new RangeError('test data sets are read one at a time');
      return { samples, feeds: await readFeeds(folders[sample]!, inputs) };
    },
  };
}

async function dataSetFolders(path: string): Promise<string[]> {
  if ((await numberedFiles(path, 'input')).length > 0) return [path];
  const names = (await readdir(path, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('test_data_set_'))
    .map(({ name }) => name);
  return names.sort(byNumber).map((name) => join(path, name));
}

/** `input_0.pb`, `input_1.pb`, … in the order of their numbers. */
async function numberedFiles(folder: string, kind: 'input' | 'output'): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => new RegExp(`^${kind}_\\d+\\.pb$`).test(name));
  return names.sort(byNumber).map((name) => join(folder, name));
}

const byNumber = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

async function readFeeds(folder: string, inputs: readonly ModelInput[]): Promise<Record<string, TensorArray>> {
  const files = await numberedFiles(folder, 'input');
  if (files.length !== inputs.length) {
    const detail = `it has ${files.length} inputs and the model ${inputs.length} (${inputNames(inputs)})`;
    throw new Failure('data.test-data-set', { folder, detail });
  }
  const values = await Promise.all(files.map(readValue));
  const named = inputs.every(({ name }) => values.some((value) => value.name === name));
  const feeds: Record<string, TensorArray> = {};
  for (const [i, input] of inputs.entries()) {
    const value = named ? values.find(({ name }) => name === input.name)! : values[i]!;
    feeds[input.name] = await feedOf(files[values.indexOf(value)]!, input, value.tensor);
  }
  return feeds;
}

async function feedOf(file: string, input: ModelInput, tensor: Tensor): Promise<TensorArray> {
  const { name, elementType, shape } = input;
  const place = { file: dirname(file), array: basename(file), input: name };
  if (elementType === 'other' || !hasNumericArray(elementType) || !hasNumericArray(tensor.elementType)) {
    throw new Failure('data.input-kind', { input: name, kind: elementType === 'other' ? 'no tensor' : elementType });
  }
  if (!isConvertible(tensor.elementType, elementType)) {
    throw typeFailure({ ...place, actual: tensor.elementType, expected: elementType });
  }
  if (shape && !fits(tensor.shape, shape)) {
    const detail = `${place.array} has the shape [${tensor.shape.join(',')}], and ${name} takes [${shapeText(shape)}]`;
    throw new Failure('data.test-data-set', { folder: place.file, detail });
  }
  try {
    const { data } = await arrayOf(tensor);
    return { elementType, shape: tensor.shape, data: convert(data, tensor.elementType, elementType) };
  } catch (error) {
    if (!(error instanceof ValueOutOfRange)) throw error;
    throw new Failure('data.value', { ...place, value: String(error.value), expected: elementType });
  }
}

function fits(shape: readonly number[], wanted: readonly (number | string | undefined)[]): boolean {
  return shape.length === wanted.length && shape.every((n, i) => typeof wanted[i] !== 'number' || wanted[i] === n);
}

/** Reference outputs that are numbers, by the names in the files, else `output_0`, `output_1`, … */
async function readOutputs(folder: string): Promise<Record<string, TensorArray>> {
  const outputs: Record<string, TensorArray> = {};
  for (const file of await numberedFiles(folder, 'output')) {
    const { name, tensor } = await readValue(file);
    if (hasNumericArray(tensor.elementType)) outputs[name || basename(file, '.pb')] = await arrayOf(tensor);
  }
  return outputs;
}

async function readValue(file: string): Promise<StoredValue> {
  return readTensorProto(await readFile(file), file);
}

async function arrayOf({ elementType, shape, bytes }: Tensor): Promise<TensorArray> {
  return tensorArrayOf(elementType, shape, await bytes.read());
}
