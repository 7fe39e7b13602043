import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import { arrayDataset } from './arrayDataset.js';
import type { CarriedInput } from './carriedInput.js';
import { withCarried } from './carriedState.js';
import type { Dataset } from './dataset.js';
import type { ImageReader } from './images/imageReader.js';
import type { Preprocessing } from './images/preprocessing.js';
import { inputNames, type ModelInput } from './modelInput.js';
import { openNpyFile, openNpz } from './numpyFiles.js';
import { openPreprocessing } from './openPreprocessing.js';
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
   * Inputs that the data may lack, because they are carried over from run to run. Random data never has them; test data
   * sets always do.
   */
  readonly carried?: readonly CarriedInput[];
  /** Of images: a preset, or the path of a JSON file; absent: what the data brings along, or is usual. */
  readonly preprocess?: string | null;
  /** What reads images; absent: this thread. */
  readonly images?: ImageReader;
}

/** The samples that random data has where no limit says otherwise. */
const RANDOM_SAMPLES = 16;

/**
 * Opens samples for the inputs of a model: an .npz (array names = input names, first axis = samples, optional `labels` or
 * `y`), an .npy for a lone input, a .csv, a folder of images or of ONNX test data sets or one of them, a manifest (.json) that
 * joins these, or 'random'. Everything but the values is checked here; fails with one `data.*` failure that names what is
 * wrong.
 */
export async function openDataset(
  source: string,
  inputs: readonly ModelInput[],
  { limit, seed, shapes, carried = [], preprocess = null, images }: DatasetOptions = {},
): Promise<Dataset> {
  const mayLack = carried.map(({ input }) => input);
  if (source === 'random') {
    const needed = neededInputs(inputs, mayLack, []);
    return withMissing(
      randomDataset(needed, { sampleCount: limit ?? RANDOM_SAMPLES, seed: seed ?? 0, shapes }),
      carried,
    );
  }
  const dataset = await openPath(source, inputs, mayLack, { preprocess, images });
  return limited(withMissing(dataset, carried), limit, seed);
}

/** With those inputs carried that the data has nothing for. */
function withMissing(dataset: Dataset, carried: readonly CarriedInput[]): Dataset {
  const fed = new Set(dataset.inputs.map(({ name }) => name));
  return withCarried(
    dataset,
    carried.filter(({ input }) => !fed.has(input)),
  );
}

/** The inputs that must be fed, and those others for which there is an array. */
function neededInputs(inputs: readonly ModelInput[], mayLack: readonly string[], arrays: readonly string[]) {
  return inputs.filter(({ name }) => !mayLack.includes(name) || arrays.includes(name));
}

interface HowImages {
  readonly preprocess: string | null;
  readonly images: ImageReader | undefined;
}

async function openPath(
  path: string,
  inputs: readonly ModelInput[],
  mayLack: readonly string[],
  how: HowImages,
): Promise<Dataset> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Failure('data.not-found', { path });
  if (found.isDirectory()) return openFolder(path, inputs, mayLack, how);
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
    case '.csv':
    case '.tsv': {
      const { openCsv } = await import('./csv.js');
      const arrays = await openCsv(path, neededInputs(inputs, mayLack, []));
      return arrayDataset(path, arrays, neededInputs(inputs, mayLack, []));
    }
    case '.json': {
      const { openManifest, readManifest } = await import('./manifest/openManifest.js');
      const given = await openPreprocessing(how.preprocess);
      return openManifest(path, await readManifest(path), inputs, mayLack, given, how.images);
    }
    default:
      throw new Failure('data.unknown-kind', { path });
  }
}

/** A folder of test data sets, else of images. */
async function openFolder(
  path: string,
  inputs: readonly ModelInput[],
  mayLack: readonly string[],
  { preprocess, images }: HowImages,
): Promise<Dataset> {
  const names = await readdir(path);
  if (isTestData(names)) return openTestDataSets(path, inputs);
  const { imagesIn, openImageFolder } = await import('./images/imageFolder.js');
  await imagesIn(path).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'data.images.none') throw new Failure('data.unknown-kind', { path });
    throw error;
  });
  const own = names.includes(preprocessingName) ? join(path, preprocessingName) : null;
  const given: Preprocessing | null = await openPreprocessing(preprocess ?? own);
  return openImageFolder(path, neededInputs(inputs, mayLack, []), given, images);
}

/** Whether a folder with these entries holds ONNX test data. */
export function isTestData(names: readonly string[]): boolean {
  return names.some((name) => /^(input_\d+\.pb|test_data_set_.*)$/.test(name));
}

/** What a folder of images may hold beside them. */
export const preprocessingName = 'preprocessing.json';

function limited(dataset: Dataset, limit: number | undefined, seed: number | undefined): Dataset {
  const total = dataset.sampleCount;
  if (limit === undefined || limit >= total) return dataset;
  const drawn = seed !== undefined && !dataset.carried;
  const indices = drawn ? shuffledIndices(total, seed) : Array.from({ length: total }, (_, i) => i);
  const chosen = select(
    dataset,
    indices.slice(0, limit).sort((a, b) => a - b),
  );
  const warning = sentence('data.limited', { count: limit, total, file: dataset.name });
  return { ...chosen, warnings: [...chosen.warnings, warning] };
}
