import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import { sentence } from '../../messages/catalog.js';
import { elementCount, elementTypes } from '../../tensor/elementType.js';
import { emptyNumericArray } from '../../tensor/numericArray.js';
import { arraySource } from '../arraySource.js';
import { openCsv } from '../csv.js';
import type { Dataset } from '../dataset.js';
import { fedType, joinFeeds, type FeedSource } from '../feedSource.js';
import { imageNames } from '../images/imageNames.js';
import { classesOf, imagesIn } from '../images/imageFolder.js';
import type { ImageReader } from '../images/imageReader.js';
import { imageSource } from '../images/imageSource.js';
import { isPreset, preprocessingSchema, type Preprocessing } from '../images/preprocessing.js';
import { readJson } from '../jsonFile.js';
import { readLabels, readSequenceStarts, startsOf } from '../labels.js';
import { inputNames, type ModelInput } from '../modelInput.js';
import type { SampleArray } from '../npy.js';
import { openNpyFile, openNpz, type NamedArrays } from '../numpyFiles.js';
import { constantSource, wholeSource, type WholeValue } from '../wholeSource.js';
import { ManifestFolder } from './manifestFolder.js';
import { manifestSchema, type Manifest, type ManifestSource, type Nested } from './manifestSchema.js';

const LABEL = 'label';
const SEQUENCE = 'sequence';

export interface OpenedManifest {
  readonly dataset: Dataset;
  /** Inputs that the manifest says are carried: `state=stateN`. */
  readonly carry: readonly string[];
}

export async function readManifest(file: string): Promise<Manifest> {
  return readJson(file, manifestSchema);
}

/**
 * Opens what a manifest joins for the inputs of a model. `mayLack` are inputs that it need not have.
 *
 * @param preprocessing of images that have none of their own, where the manifest says nothing; null for none
 */
export async function openManifest(
  file: string,
  manifest: Manifest,
  inputs: readonly ModelInput[],
  mayLack: readonly string[],
  preprocessing: Preprocessing | null,
  reader?: ImageReader,
): Promise<Dataset> {
  return new ManifestReader(file, manifest, preprocessing, reader).open(inputs, mayLack);
}

class ManifestReader {
  readonly #folder: ManifestFolder;
  readonly #notes: Message[] = [];
  /** Labels that a folder of classes gave. */
  #labels: Int32Array | undefined;

  constructor(
    private readonly file: string,
    private readonly manifest: Manifest,
    private readonly preprocessing: Preprocessing | null,
    private readonly reader: ImageReader | undefined,
  ) {
    this.#folder = new ManifestFolder(file);
  }

  async open(inputs: readonly ModelInput[], mayLack: readonly string[]): Promise<Dataset> {
    const { manifest, file } = this;
    const classes = await this.#classes();
    const given = new Set([...Object.keys(manifest.inputs ?? {}), ...(manifest.samples ?? []).flatMap(Object.keys)]);
    const sources: FeedSource[] = [];
    for (const input of inputs) {
      if (!given.has(input.name) && mayLack.includes(input.name)) continue;
      sources.push(await this.#source(input, given, inputs, classes));
    }
    const used = new Set([...inputs.map(({ name }) => name), LABEL, SEQUENCE]);
    const unused = [...given].filter((name) => !used.has(name));
    if (unused.length > 0) this.#notes.push(sentence('data.unused', { file, arrays: unused.join(', ') }));
    const labels = (await this.#givenLabels(classes)) ?? this.#labels;
    return joinFeeds(file, sources, { labels, starts: await this.#starts(), warnings: this.#notes });
  }

  async #source(
    input: ModelInput,
    given: ReadonlySet<string>,
    inputs: readonly ModelInput[],
    classes: readonly string[] | undefined,
  ): Promise<FeedSource> {
    const { manifest, file } = this;
    const whole = manifest.inputs?.[input.name];
    if (whole !== undefined) return this.#sourceOfAll(input, whole, classes);
    if (given.has(input.name)) return this.#sourceOfSamples(input);
    const known = [...given].filter((name) => name !== LABEL && name !== SEQUENCE).join(', ') || 'none';
    throw new Failure('data.manifest-input', { file, input: input.name, given: known, inputs: inputNames(inputs) });
  }

  /** One file or value for all samples. */
  async #sourceOfAll(
    input: ModelInput,
    source: ManifestSource,
    classes: readonly string[] | undefined,
  ): Promise<FeedSource> {
    if (typeof source === 'string') return this.#sourceOfAll(input, await this.#kindOf(source), classes);
    if ('value' in source) {
      return constantSource(input, { ...this.#value(input, source.value), file: this.file, array: input.name });
    }
    if ('images' in source) {
      const { files, labels, notes, name } = await this.#images(source.images, classes);
      this.#labels ??= labels;
      return imageSource(name, files, input, await this.#preprocessing(source.preprocessing), {
        notes,
        reader: this.reader,
      });
    }
    const [path, arrays] = await this.#arrays(source, input);
    const wanted = 'npz' in source ? source.array : undefined;
    const name = wanted ?? (arrays.names.includes(input.name) ? input.name : arrays.names[0]);
    if (
      name === undefined ||
      !arrays.names.includes(name) ||
      (arrays.names.length > 1 && name !== (wanted ?? input.name))
    ) {
      const told = { file: path, input: input.name, arrays: arrays.names.join(', ') || 'none', inputs: input.name };
      throw new Failure('data.missing-input', told);
    }
    return arraySource(path, name, await arrays.open(name), input);
  }

  /** What a path alone means, by its ending. */
  async #kindOf(named: string): Promise<Exclude<ManifestSource, string>> {
    switch (extname(named).toLowerCase()) {
      case '.npy':
        return { npy: named };
      case '.npz':
        return { npz: named };
      case '.csv':
      case '.tsv':
        return { csv: named };
      default:
        return { images: named };
    }
  }

  async #arrays(
    source: { npy: string } | { npz: string } | { csv: string },
    input: ModelInput,
  ): Promise<[path: string, arrays: NamedArrays]> {
    if ('npy' in source) {
      const path = this.#folder.find(source.npy);
      return [path, openNpyFile(path)];
    }
    if ('npz' in source) {
      const path = this.#folder.find(source.npz);
      return [path, await openNpz(path)];
    }
    const path = this.#folder.find(source.csv);
    return [path, await openCsv(path, [input])];
  }

  /** A folder, or files of one by a pattern whose last part has `*` and `?`. */
  async #images(
    named: string,
    classes: readonly string[] | undefined,
  ): Promise<{ name: string; files: readonly string[]; labels?: Int32Array; notes: readonly Message[] }> {
    const pattern = basename(named);
    if (/[*?]/.test(pattern)) {
      const folder = this.#folder.find(dirname(named));
      const matches = new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replace(/\*/g, '.*')
          .replace(/\?/g, '.')}$`,
      );
      const { files } = await imagesIn(folder);
      const own = files.filter((path) => dirname(path) === folder && matches.test(basename(path)));
      if (own.length === 0) throw new Failure('data.images.none', { path: named });
      return { name: named, files: own, notes: [] };
    }
    const path = this.#folder.find(named);
    if (!(await stat(path)).isDirectory()) return { name: named, files: [path], notes: [] };
    return { name: named, ...(await imagesIn(path, classes)) };
  }

  async #preprocessing(own: string | Preprocessing | undefined): Promise<Preprocessing | null> {
    const given = own ?? this.manifest.preprocessing;
    if (given === undefined) return this.preprocessing;
    if (typeof given !== 'string') return given;
    return isPreset(given) ? { preset: given } : readJson(this.#folder.find(given), preprocessingSchema);
  }

  /** One file or value of each sample. */
  async #sourceOfSamples(input: ModelInput): Promise<FeedSource> {
    const samples = this.manifest.samples!;
    const values = samples.map((sample, i) => {
      const value = sample[input.name];
      if (value === undefined)
        throw new Failure('data.manifest-sample', { file: this.file, sample: i, input: input.name });
      return value;
    });
    if (values.every((value) => typeof value === 'string' && imageNames.test(value))) {
      const files = (values as string[]).map((value) => this.#folder.find(value));
      return imageSource(input.name, files, input, await this.#preprocessing(undefined), { reader: this.reader });
    }
    const isArray = (value: unknown) => typeof value !== 'string' || extname(value).toLowerCase() === '.npy';
    const strangers = [...values.keys()].filter((i) => !isArray(values[i]));
    if (strangers.length > 0) {
      const sample = strangers.find((i) => !imageNames.test(String(values[i]))) ?? strangers[0]!;
      throw new Failure('data.manifest-kind', { file: this.file, sample, path: String(values[sample]) });
    }
    for (const value of values) if (typeof value === 'string') this.#folder.find(value);
    return wholeSource(input.name, input, samples.length, async (sample) => {
      const value = values[sample]!;
      const array = `${input.name} of sample ${sample}`;
      if (typeof value !== 'string') return { ...this.#value(input, value), file: this.file, array };
      const path = this.#folder.find(value);
      return { ...(await wholeArray(await openNpyFile(path).open(''))), file: path, array: basename(path) };
    });
  }

  /** Numbers as an array of a type that goes into that of the input. */
  #value(input: ModelInput, value: Nested): Pick<WholeValue, 'elementType' | 'shape' | 'data'> {
    const fail = (detail: string) => new Failure('data.manifest-value', { file: this.file, input: input.name, detail });
    const shape: number[] = [];
    for (let at: Nested = value; typeof at === 'object'; at = at[0]!) {
      shape.push(at.length);
      if (at.length === 0) break;
    }
    const wanted = fedType(input);
    const isWhole = elementTypes[wanted].kind !== 'float';
    const elementType = isWhole ? 'int64' : wanted === 'float64' ? 'float64' : 'float32';
    const data = emptyNumericArray(elementType, elementCount(shape));
    let length = 0;
    const take = (part: Nested, axis: number): void => {
      if (typeof part === 'object') {
        if (part.length !== shape[axis]) throw fail('its lists have different lengths');
        part.forEach((each) => take(each, axis + 1));
        return;
      }
      if (axis !== shape.length) throw fail('its lists have different depths');
      if (isWhole && !Number.isInteger(part)) throw fail(`${part} is not whole, and the input takes ${wanted}`);
      data[length++] = isWhole ? BigInt(part) : part;
    };
    take(value, 0);
    return { elementType, shape, data };
  }

  async #classes(): Promise<readonly string[] | undefined> {
    const { classes } = this.manifest;
    if (typeof classes !== 'string') return classes;
    return classesOf(await readFile(this.#folder.find(classes), 'utf8'));
  }

  async #givenLabels(classes: readonly string[] | undefined): Promise<Int32Array | undefined> {
    const { labels, samples } = this.manifest;
    if (typeof labels === 'string') {
      const [path, name, array] = await this.#column(labels, ['labels', 'label', 'y']);
      return readLabels(path, name, array);
    }
    const listed =
      labels ?? (samples?.some((sample) => LABEL in sample) ? samples.map((sample) => sample[LABEL]) : undefined);
    if (!listed) return undefined;
    return Int32Array.from(listed, (label, sample) => {
      const number = typeof label === 'string' ? (classes?.indexOf(label) ?? -1) : label;
      if (typeof number === 'number' && Number.isInteger(number) && number >= 0) return number;
      const detail =
        typeof label === 'string'
          ? `sample ${sample} is "${label}", which ${classes ? 'is none of its classes' : 'needs its classes to be listed'}`
          : `sample ${sample} has ${label === undefined ? 'none' : JSON.stringify(label)}`;
      throw new Failure('data.labels', { file: this.file, detail });
    });
  }

  async #starts(): Promise<ReadonlySet<number> | undefined> {
    const { sequences, samples } = this.manifest;
    if (typeof sequences === 'string') {
      const [path, name, array] = await this.#column(sequences, ['sequences', 'sequence']);
      return readSequenceStarts(path, name, array);
    }
    if (sequences) return startsOf(sequences);
    return samples?.some((sample) => SEQUENCE in sample)
      ? startsOf(samples.map((sample) => sample[SEQUENCE]))
      : undefined;
  }

  /** An array of one number a sample: that of one of these names, or the only one. */
  async #column(named: string, names: readonly string[]): Promise<[path: string, name: string, array: SampleArray]> {
    const input: ModelInput = { name: names[0]!, elementType: 'float64', shape: ['n'] };
    const kind = await this.#kindOf(named);
    if ('images' in kind || 'value' in kind) throw new Failure('data.unknown-kind', { path: named });
    const [path, arrays] = await this.#arrays(kind, input);
    const name =
      names.find((each) => arrays.names.includes(each)) ?? (arrays.names.length === 1 ? arrays.names[0] : undefined);
    if (name === undefined) {
      throw new Failure('data.missing-array', {
        file: path,
        name: names[0]!,
        arrays: arrays.names.join(', ') || 'none',
      });
    }
    return [path, name, await arrays.open(name)];
  }
}

async function wholeArray({
  elementType,
  shape,
  readRows,
}: SampleArray): Promise<Pick<WholeValue, 'elementType' | 'shape' | 'data'>> {
  const rows = shape.length === 0 ? 1 : shape[0]!;
  return { elementType, shape, data: await readRows(Array.from({ length: rows }, (_, i) => i)) };
}
