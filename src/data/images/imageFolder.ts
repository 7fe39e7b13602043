/** A folder of images; where they lie in folders, the first of these is the class of an image. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { Dataset } from '../dataset.js';
import { joinFeeds } from '../feedSource.js';
import { inputNames, type ModelInput } from '../modelInput.js';
import { imageNames, otherImageNames } from './imageNames.js';
import type { ImageReader } from './imageReader.js';
import { imageSource } from './imageSource.js';
import type { Preprocessing } from './preprocessing.js';

export const classListName = 'classes.txt';

export interface ImageFolder {
  /** Paths, in alphabetical order. */
  readonly files: readonly string[];
  /** The class of each, where they lie in folders of classes. */
  readonly labels?: Int32Array;
  readonly classes?: readonly string[];
  readonly notes: readonly Message[];
}

/**
 * The images of a folder and of the folders in it. Classes are the folders in it, in the order of `classes` or of the file
 * classes.txt (a name a line), else in alphabetical order.
 */
export async function imagesIn(folder: string, classes?: readonly string[]): Promise<ImageFolder> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length))
    .filter((path) => !path.split(sep).some((part) => part.startsWith('.')));
  const paths = entries.filter((path) => imageNames.test(path)).sort(byCodeUnits);
  if (paths.length === 0) throw new Failure('data.images.none', { path: folder });
  const files = paths.map((path) => join(folder, path));
  const others = entries.filter((path) => otherImageNames.test(path)).length;
  const notes = others > 0 ? [sentence('data.images.other-kinds', { folder, count: others })] : [];
  const folders = paths.map((path) => (path.includes(sep) ? path.split(sep, 1)[0]! : undefined));
  const loose = folders.filter((name) => name === undefined).length;
  if (loose === paths.length) return { files, notes };
  if (loose > 0) {
    return { files, notes: [...notes, sentence('data.images.loose', { folder, count: loose })] };
  }
  const found = [...new Set(folders as string[])].sort(byCodeUnits);
  const order = classes ?? (await listedClasses(folder)) ?? found;
  const numbers = new Map(order.map((name, i) => [name, i]));
  const unlisted = found.find((name) => !numbers.has(name));
  if (unlisted !== undefined)
    throw new Failure('data.images.class', { folder, name: unlisted, classes: listed(order) });
  return {
    files,
    classes: order,
    labels: Int32Array.from(folders as string[], (name) => numbers.get(name)!),
    notes: [...notes, sentence('data.images.classes', { classes: listed(order.map((name, i) => `${i} ${name}`)) })],
  };
}

const byCodeUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function listed(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 10).join(', ')}, … (${names.length})` : names.join(', ');
}

async function listedClasses(folder: string): Promise<string[] | undefined> {
  const text = await readFile(join(folder, classListName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : classesOf(text);
}

/** A name a line. */
export function classesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A data set of the images of a folder, for a model whose input they are alone. */
export async function openImageFolder(
  folder: string,
  inputs: readonly ModelInput[],
  preprocessing: Preprocessing | null,
  reader?: ImageReader,
): Promise<Dataset> {
  const [input, ...others] = inputs;
  if (!input || others.length > 0) {
    throw new Failure('data.images.one-input', { folder: basename(folder), inputs: inputNames(inputs) });
  }
  const { files, labels, notes } = await imagesIn(folder);
  const source = imageSource(basename(folder), files, input, preprocessing, { reader });
  return joinFeeds(folder, [source], { labels, warnings: notes });
}
