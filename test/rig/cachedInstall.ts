import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder, cacheKey } from './folders.js';

/**
 * Returns the folder that holds what `fill` makes of `pinned`, filling it where it is not there yet. A folder is complete
 * or absent (it is filled beside its place and renamed); of two runs at once, one fills and the other waits.
 */
export async function cachedInstall(
  name: string,
  pinned: unknown,
  fill: (folder: string) => Promise<void>,
): Promise<{ folder: string; fresh: boolean }> {
  const folder = join(cacheFolder, `${name}-${cacheKey(pinned)}`);
  if (existsSync(folder)) return { folder, fresh: false };
  await mkdir(cacheFolder, { recursive: true });
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return { folder, fresh: false };
    const partial = `${folder}.${process.pid}.partial`;
    try {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial);
      await fill(partial);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    return { folder, fresh: true };
  });
}

/** A lock is a folder with its owner's process id; that of a dead owner is taken over. */
async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  const owner = join(lock, 'pid');
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
    if (pid > 0 && !isAlive(pid)) await rm(lock, { recursive: true, force: true });
    else await delay(250);
  }
  try {
    await writeFile(owner, String(process.pid));
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
