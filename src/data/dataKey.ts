import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const keyPart = 64 << 10;

/**
 * Tells contents of data apart without reading them whole: a hash of names, sizes, times and the first and last bytes of
 * the file, or of the files of the folder and its folders. 'random' for random data; null where there is no data.
 */
export async function dataKey(source: string): Promise<string | null> {
  if (source === 'random') return source;
  const found = await stat(source).catch(() => undefined);
  if (!found) return null;
  const hash = createHash('sha256');
  for (const file of found.isDirectory() ? await filesIn(source) : ['']) {
    const path = join(source, file);
    const { size, mtimeMs } = await stat(path);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
    for (const part of await ends(path, size)) hash.update(part);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Of the folder and of the folders in it, as data sets lie. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const inside = await readdir(join(folder, name), { withFileTypes: true });
      return inside.filter((entry) => entry.isFile()).map((entry) => join(name, entry.name));
    });
  const own = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return [...own, ...(await Promise.all(nested)).flat()].sort();
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
