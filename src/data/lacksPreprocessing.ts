import { opendir, readdir, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { imageNames } from './images/imageNames.js';
import { isTestData, preprocessingName } from './openDataset.js';

/** Whether data is images, in a folder or joined by a manifest, and nothing with it says how they become inputs. */
export async function lacksPreprocessing(source: string): Promise<boolean> {
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory()) {
    const names = await readdir(source);
    return !isTestData(names) && !names.includes(preprocessingName) && (await holdsImage(source));
  }
  return found !== undefined && extname(source).toLowerCase() === '.json' && manifestLacksIt(source);
}

async function holdsImage(folder: string): Promise<boolean> {
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (entry.isFile() && !entry.name.startsWith('.') && imageNames.test(entry.name)) return true;
  }
  return false;
}

async function manifestLacksIt(file: string): Promise<boolean> {
  const { readManifest } = await import('./manifest/openManifest.js');
  const { preprocessing, inputs = {}, samples = [] } = await readManifest(file);
  if (preprocessing !== undefined) return false;
  const isImage = (value: unknown) => typeof value === 'string' && imageNames.test(value);
  return (
    samples.some((sample) => Object.values(sample).some(isImage)) ||
    Object.values(inputs).some((source) => {
      if (typeof source === 'string') return !/\.(npy|npz|csv|tsv)$/i.test(source);
      return 'images' in source && source.preprocessing === undefined;
    })
  );
}
