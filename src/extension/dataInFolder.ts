/** What lies in folders that may be data: found by names, and few of them looked into. Knows nothing of VS Code. */
import { open, opendir, readdir } from 'node:fs/promises';
import * as path from 'node:path';

/** Files whose names alone say that they hold data. */
const tables = /\.(npz|npy|csv|tsv)$/i;
const images = /\.(jpe?g|png)$/i;
/** Names of folders that part data, and are no classes. */
const parts = /^(train(ing)?|val(id|idation)?|test(ing)?|eval(uation)?|calib(ration)?|fit)$/i;
/** Folders with other things in them. */
const strangers = /^(\.|node_modules$|__pycache__$)/;

/** What of a folder is looked at: so many of its entries, of the folders in it so deep and so many. */
const entriesRead = 500;
const levels = 3;
const foldersRead = 300;
/** Fewer images are the pictures of a text. */
const fewestImages = 4;
const manifestsRead = 40;
/** Where the keys of a manifest stand. */
const manifestStart = 64 << 10;

/**
 * Data sets that lie in a folder: arrays, tables, manifests, folders of images; and the folder itself where it has
 * test_data_set_* folders, or images that say how they are taken.
 *
 * @param itself whether the folder is one for data, so that it may be a folder of images itself
 */
export async function dataInFolder(folder: string, { itself = false } = {}): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const found = files.filter((name) => tables.test(name)).map((name) => path.join(folder, name));
  const jsons = files.filter((name) => /\.json$/i.test(name)).slice(0, manifestsRead);
  for (const name of jsons) {
    const file = path.join(folder, name);
    if (await isManifest(file)) found.push(file);
  }
  const isTestData = entries.some((entry) => entry.isDirectory() && /^test_data_set_\d+$/.test(entry.name));
  if (isTestData || files.includes('preprocessing.json')) found.push(folder);
  const counts = new Map<string, number>();
  if (itself) counts.set(folder, files.filter((name) => images.test(name)).length);
  for (const entry of entries) {
    if (entry.isDirectory() && !strangers.test(entry.name) && !/^test_data_set_/.test(entry.name)) {
      await countImages(path.join(folder, entry.name), levels, counts);
    }
  }
  const ofImages = imageFolders(counts, itself ? path.dirname(folder) : folder);
  return [...new Set([...found, ...ofImages])];
}

/** The number of images that lie in a folder itself and in those in it, each by its path. */
async function countImages(folder: string, depth: number, counts: Map<string, number>): Promise<void> {
  if (counts.size >= foldersRead) return;
  const folders: string[] = [];
  let count = 0;
  try {
    let read = 0;
    for await (const entry of await opendir(folder)) {
      if (entry.isFile() && images.test(entry.name)) count++;
      if (entry.isDirectory() && !strangers.test(entry.name)) folders.push(path.join(folder, entry.name));
      if (++read >= entriesRead) break;
    }
  } catch {
    return; // What cannot be read is not offered.
  }
  counts.set(folder, count);
  if (depth > 1) for (const each of folders.sort()) await countImages(each, depth - 1, counts);
}

/**
 * The folders of images to offer: that which holds folders of classes, unless their names are those of parts of the data;
 * else each that holds images. `counts` tells the images that lie in each folder itself; `within` is never offered.
 */
export function imageFolders(counts: ReadonlyMap<string, number>, within: string): string[] {
  const holders = new Set([...counts].filter(([, count]) => count > 0).map(([folder]) => folder));
  const offered = new Map<string, number>();
  for (const folder of holders) {
    const place = placeOf(folder, holders, within);
    offered.set(place, (offered.get(place) ?? 0) + counts.get(folder)!);
  }
  return [...offered]
    .filter(([, count]) => count >= fewestImages)
    .map(([folder]) => folder)
    .sort();
}

function placeOf(folder: string, holders: ReadonlySet<string>, within: string): string {
  const parent = path.dirname(folder);
  if (parent === within || !parent.startsWith(within) || parts.test(path.basename(folder))) return folder;
  // What lies beside images is of their kind.
  if (holders.has(parent)) return placeOf(parent, holders, within);
  const classes = [...holders].filter((each) => path.dirname(each) === parent && !parts.test(path.basename(each)));
  return classes.length > 1 ? parent : folder;
}

/** Whether a JSON file begins as a manifest does. */
async function isManifest(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return false;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(manifestStart), 0, manifestStart, 0);
    return /^\s*\{[^]*"(inputs"\s*:\s*\{|samples"\s*:\s*\[)/.test(buffer.toString('utf8', 0, bytesRead));
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}
