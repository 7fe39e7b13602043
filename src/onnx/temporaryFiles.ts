import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './isAlive.js';
import { openModel } from './openModel.js';

/**
 * Names beside an output OUT: `.OUT.tare-PID.tmp` and `.OUT.tare-PID.data.tmp` while it is written, `OUT.<hash>.data` for
 * the tensors of a model that is too large for one file.
 */
const temporaryName = /^\.(.+)\.tare-(\d+)(?:\.data)?\.tmp$/;

export function temporaryPathOf(output: string, kind: 'model' | 'data'): string {
  const suffix = kind === 'data' ? '.data.tmp' : '.tmp';
  return join(dirname(output), `.${basename(output)}.tare-${process.pid}${suffix}`);
}

export function dataFileName(output: string, sha256: string): string {
  return `${basename(output)}.${sha256.slice(0, 8)}.data`;
}

/** Data files that were written for an output by this name, whatever their content. */
function dataFilesFor(output: string, names: readonly string[]): string[] {
  const prefix = `${basename(output)}.`;
  return names.filter((name) => name.startsWith(prefix) && /^[0-9a-f]{8}\.data$/.test(name.slice(prefix.length)));
}

/** Outputs that this process is writing. */
export const beingWritten = new Set<string>();

/**
 * Removes what processes that are no more left in a folder: unfinished outputs, and data files whose model was never put in
 * its place. Returns the paths. A folder that cannot be read has no leftovers.
 */
export async function removeLeftovers(folder: string): Promise<string[]> {
  const names: string[] = await readdir(folder).catch(() => []);
  const removed: string[] = [];
  const outputs = new Set<string>();
  const alive = new Set<string>();
  for (const name of names) {
    const [, output, pid] = temporaryName.exec(name) ?? [];
    if (output === undefined) continue;
    const path = join(folder, output);
    if (isWriting(Number(pid), path)) {
      alive.add(path);
      continue;
    }
    await rm(join(folder, name), { force: true });
    removed.push(join(folder, name));
    outputs.add(path);
  }
  for (const output of outputs) if (!alive.has(output)) removed.push(...(await removeStaleData(output)));
  return removed;
}

/** Removes the data files of an output that its model, if there is one, does not name. Returns their paths. */
export async function removeStaleData(output: string): Promise<string[]> {
  const folder = dirname(output);
  const names: string[] = await readdir(folder).catch(() => []);
  const candidates = dataFilesFor(output, names);
  if (candidates.length === 0) return [];
  const used = names.includes(basename(output)) ? await dataFilesOf(output) : new Set<string>();
  const stale = used ? candidates.filter((name) => !used.has(name)).map((name) => join(folder, name)) : [];
  for (const path of stale) await rm(path, { force: true });
  return stale;
}

/** The names of the data files of a model; undefined where it cannot be opened. */
async function dataFilesOf(path: string): Promise<Set<string> | undefined> {
  try {
    const opened = await openModel(path);
    await opened.close();
    return new Set(opened.dataFiles.map((file) => basename(file)));
  } catch {
    return undefined;
  }
}

function isWriting(pid: number, output: string): boolean {
  return pid === process.pid ? beingWritten.has(output) : isAlive(pid);
}
