import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import { arrayDataset } from './arrayDataset.js';
import type { Dataset } from './dataset.js';
import { inputNames, type ModelInput } from './modelInput.js';
import { openNpyFile, openNpz } from './numpyFiles.js';
import { shuffledIndices } from './random.js';
import { randomDataset } from './randomDataset.js';
import { select } from './split.js';
import { openTestDataSets } from './testDataSets.js';

export interface DatasetOptions {
  /** At most so many samples: the first of them, or with a seed as many drawn by it, in the order of the set. */
  readonly limit?: number;
  readonly seed?: number;
  /** Of random data: the shapes of inputs whose dimensions are free, by input name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * Inputs that arrays may lack, because they are carried over from run to run: `inputs` of the data set tells those it
   * has. Random data never has them; test data sets always do.
   */
  readonly mayLack?: readonly string[];
}

/** The samples that random data has where no limit says otherwise. */
const RANDOM_SAMPLES = 16;

/**
 * Opens samples for the inputs of a model: an .npz (array names = input names, first axis = samples, optional `labels` or
 * `y`), an .npy for a lone input, a folder of ONNX test data sets or one of them, or 'random'. Everything but the values
 * is checked here; fails with one `data.*` failure that names what is wrong.
 */
export async function openDataset(
  source: string,
  inputs: readonly ModelInput[],
  { limit, seed, shapes, mayLack = [] }: DatasetOptions = {},
): Promise<Dataset> {
  if (source === 'random') {
    const needed = neededInputs(inputs, mayLack, []);
    return randomDataset(needed, { sampleCount: limit ?? RANDOM_SAMPLES, seed: seed ?? 0, shapes });
  }
  return limited(await openPath(source, inputs, mayLack), limit, seed);
}

/** The inputs that must be fed, and those others for which there is an array. */
function neededInputs(inputs: readonly ModelInput[], mayLack: readonly string[], arrays: readonly string[]) {
  return inputs.filter(({ name }) => !mayLack.includes(name) || arrays.includes(name));
}

async function openPath(path: string, inputs: readonly ModelInput[], mayLack: readonly string[]): Promise<Dataset> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Failure('data.not-found', { path });
  if (found.isDirectory()) return openTestDataSets(path, inputs);
  switch (extname(path).toLowerCase()) {
    case '.npz': {
      const arrays = await openNpz(path);
      return arrayDataset(path, arrays, neededInputs(inputs, mayLack, arrays.names));
    }
    case '.npy': {
      const needed = inputs.length === 1 ? inputs : neededInputs(inputs, mayLack, []);
      if (needed.length !== 1) throw new Failure('data.one-array', { file: path, inputs: inputNames(inputs) });
      return arrayDataset(path, openNpyFile(path), needed);
    }
    default:
      throw new Failure('data.unknown-kind', { path });
  }
}

function limited(dataset: Dataset, limit: number | undefined, seed: number | undefined): Dataset {
  const total = dataset.sampleCount;
  if (limit === undefined || limit >= total) return dataset;
  const indices = seed === undefined ? Array.from({ length: total }, (_, i) => i) : shuffledIndices(total, seed);
  const chosen = select(
    dataset,
    indices.slice(0, limit).sort((a, b) => a - b),
  );
  const warning = sentence('data.limited', { count: limit, total, file: dataset.name });
  return { ...chosen, warnings: [...chosen.warnings, warning] };
}
