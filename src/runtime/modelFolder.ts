import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../onnx/isAlive.js';

/** Folders of models that were written to be loaded, by the process that wrote them. */
const folderPrefix = (pid: number | string) => `tare-model-${pid}-`;

export interface ModelFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes a folder in the system's temporary one for a model to be loaded from; those of dead processes are removed. */
export async function makeModelFolder(): Promise<ModelFolder> {
  await removeFoldersOfTheDead();
  const path = await mkdtemp(join(tmpdir(), folderPrefix(process.pid)));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

async function removeFoldersOfTheDead(): Promise<void> {
  const pattern = new RegExp(`^${folderPrefix('(\\d+)')}`);
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const pid = Number(pattern.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
