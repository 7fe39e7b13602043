import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { stampOf } from './fileWatch.js';

const chunkBytes = 1 << 20;
const rememberedHashes = 64;

/** SHA-256 of whole files, in chunks that let other work in between, remembered while a file stays as it is. */
export class FileHashes {
  readonly #known = new Map<string, { readonly stamp: string; readonly hash: Promise<string> }>();

  /** Hex of 64 digits; null where there is no file. */
  async of(path: string): Promise<string | null> {
    const stamp = await stampOf(path);
    if (stamp === null) return null;
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.hash;
    const hash = hashFile(path);
    this.#known.delete(path);
    this.#known.set(path, { stamp, hash });
    for (const oldest of [...this.#known.keys()].slice(0, -rememberedHashes)) this.#known.delete(oldest);
    hash.catch(() => this.#known.delete(path));
    return hash;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Bytes of a file; null where there is none. */
export async function fileSize(path: string): Promise<number | null> {
  return (await stat(path).catch(() => undefined))?.size ?? null;
}
