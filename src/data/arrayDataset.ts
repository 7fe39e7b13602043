/** A data set made of arrays whose first axis counts the samples (.npz, .npy, .csv). */
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { Dataset } from './dataset.js';
import { arraySource } from './arraySource.js';
import { joinFeeds } from './feedSource.js';
import { readLabels, readSequenceStarts } from './labels.js';
import { inputNames, type ModelInput } from './modelInput.js';
import type { NamedArrays } from './numpyFiles.js';

const LABEL_NAMES = ['labels', 'y', 'label'];
const SEQUENCE_NAMES = ['sequence', 'sequences'];

/** Matches arrays to the inputs of a model by name. Fails with a `data.*` failure that names the array. */
export async function arrayDataset(file: string, arrays: NamedArrays, inputs: readonly ModelInput[]): Promise<Dataset> {
  const free = (name: string) => arrays.names.includes(name) && !inputs.some((input) => input.name === name);
  const labelName = LABEL_NAMES.find(free);
  const sequenceName = SEQUENCE_NAMES.find(free);
  const others = [labelName, sequenceName].filter((name) => name !== undefined);
  const nameOf = arrayNames(file, arrays.names, inputs, others);
  const sources = [];
  for (const input of inputs) {
    const name = nameOf(input);
    sources.push(arraySource(file, name, await arrays.open(name), input));
  }
  const used = [...sources.map(({ name }) => name), ...others];
  return joinFeeds(file, sources, {
    labels: labelName === undefined ? undefined : await readLabels(file, labelName, await arrays.open(labelName)),
    labelName,
    starts: sequenceName ? await readSequenceStarts(file, sequenceName, await arrays.open(sequenceName)) : undefined,
    warnings: unusedNote(file, arrays.names, used),
  });
}

/** Which array feeds an input: that of its name, or a lone array of any name for a lone input. */
function arrayNames(
  file: string,
  names: readonly string[],
  inputs: readonly ModelInput[],
  others: readonly string[],
): (input: ModelInput) => string {
  const candidates = names.filter((name) => !others.includes(name));
  return (input) => {
    if (candidates.includes(input.name)) return input.name;
    if (inputs.length === 1 && candidates.length === 1) return candidates[0]!;
    const present = names.join(', ') || 'none';
    if (input.shape?.length === 0) {
      throw new Failure('data.missing-scalar', { file, input: input.name, arrays: present });
    }
    throw new Failure('data.missing-input', { file, input: input.name, arrays: present, inputs: inputNames(inputs) });
  };
}

function unusedNote(file: string, names: readonly string[], used: readonly string[]): Message[] {
  const unused = names.filter((name) => !used.includes(name));
  return unused.length > 0 ? [sentence('data.unused', { file, arrays: unused.join(', ') })] : [];
}
