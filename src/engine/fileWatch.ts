import { watch, watchFile, unwatchFile } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** What tells that a path leads to the same, unchanged file: null where there is none. */
export async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found ? stamp(found.dev, found.ino, found.size, found.mtimeNs) : null;
}

/** The stamp of what `stat` says of a file, in bigints. */
export function stamp(device: bigint, inode: bigint, size: bigint | number, modified: bigint): string {
  return `${device} ${inode} ${size} ${modified}`;
}

/** Milliseconds for which a file must rest before its change is told: a writer is not interrupted half-way. */
const restTime = 150;

export interface FileWatch {
  close(): void;
}

/** A file to watch, and its stamp as it was opened where that is known: a change since then is told too. */
export interface WatchedFile {
  readonly path: string;
  readonly stamp?: string;
}

/**
 * Calls `onChange` once, when one of the files was written, replaced or removed and has come to rest. The folder is
 * watched, not the file, since a replaced file is another one; where that fails (some network drives), it is polled.
 */
export function watchFiles(files: readonly WatchedFile[], onChange: () => void): FileWatch {
  let closed = false;
  const stops: (() => void)[] = [];
  const close = () => {
    closed = true;
    for (const stop of stops.splice(0)) stop();
  };

  for (const { path, stamp: opened } of files) {
    const before = opened === undefined ? stampOf(path) : Promise.resolve(opened);
    let checking = false;
    let again = false;
    const check = async () => {
      again = true;
      if (checking) return;
      checking = true;
      while (again && !closed) {
        again = false;
        if ((await atRest(path)) !== (await before) && !closed) {
          close();
          onChange();
        }
      }
      checking = false;
    };
    stops.push(watchFolderOf(path, () => void check()));
    if (opened !== undefined) void check();
  }
  return { close };
}

/** The file's stamp once it is the same twice. */
async function atRest(path: string): Promise<string | null> {
  for (let last = await stampOf(path); ;) {
    await setTimeout(restTime);
    const now = await stampOf(path);
    if (now === last) return now;
    last = now;
  }
}

const pollInterval = 2000;

function watchFolderOf(path: string, onEvent: () => void): () => void {
  const poll = () => {
    watchFile(path, { interval: pollInterval, persistent: false }, onEvent);
    return () => unwatchFile(path, onEvent);
  };
  try {
    const name = basename(path);
    const watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
      if (changed === null || changed === name) onEvent();
    });
    let stop = () => watcher.close();
    watcher.on('error', () => {
      watcher.close();
      stop = poll();
    });
    return () => stop();
  } catch {
    return poll();
  }
}
