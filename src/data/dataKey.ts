import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { isPreset } from './images/preprocessing.js';
import type { DataChoices } from './openModelData.js';

const keyPart = 64 << 10;
/** Of so many files the beginnings and ends are read, too. */
const mostRead = 1000;

/**
 * Tells contents of data apart without reading them whole: a hash of names, sizes, times and the first and last bytes of
 * the file, or of the files of the folder and the folders in it; of a manifest, of the folder it lies in; and of how it is
 * taken. Null where there is no data.
 */
export async function dataKey(source: string, choices: DataChoices = {}): Promise<string | null> {
  const key = source === 'random' ? source : await contentKey(source);
  if (key === null) return null;
  const { carry = [], preprocess = null } = choices;
  if (carry.length === 0 && preprocess === null) return key;
  const file = preprocess !== null && !isPreset(preprocess) ? await contentKey(preprocess) : null;
  const hash = createHash('sha256').update(JSON.stringify([key, carry, preprocess, file]));
  return hash.digest('hex').slice(0, 32);
}

async function contentKey(source: string): Promise<string | null> {
  const found = await stat(source).catch(() => undefined);
  if (!found) return null;
  const hash = createHash('sha256');
  const isManifest = found.isFile() && extname(source).toLowerCase() === '.json';
  if (isManifest) hash.update(`${source}\n`);
  const folder = isManifest ? dirname(source) : source;
  const files = isManifest || found.isDirectory() ? await filesIn(folder) : [''];
  for (const file of files) {
    const path = join(folder, file);
    const { size, mtimeMs } = await stat(path);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
    if (files.length > mostRead) continue;
    for (const part of await ends(path, size)) hash.update(part);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Of the folder and of the folders in it, relative to it. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function ends(path: string, size: number): Promise<Uint8Array[]> {
  const handle = await open(path);
  try {
    const parts: Uint8Array[] = [];
    for (const offset of new Set([0, Math.max(0, size - keyPart)])) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(Math.min(keyPart, size)),
        0,
        Math.min(keyPart, size),
        offset,
      );
      parts.push(buffer.subarray(0, bytesRead));
    }
    return parts;
  } finally {
    await handle.close();
  }
}
