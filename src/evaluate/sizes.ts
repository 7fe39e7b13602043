import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** What files take after gzip -6, each on its own. Streams: memory does not grow with their size. */
export async function gzippedBytes(
  paths: readonly string[],
  { signal, onBytes }: { readonly signal?: AbortSignal; readonly onBytes?: (read: number) => void } = {},
): Promise<number> {
  let total = 0;
  for (const path of paths) {
    const source = createReadStream(path, { highWaterMark: 1 << 20 });
    source.on('data', (chunk) => onBytes?.(chunk.length));
    const counter = new Writable({
      write(chunk: Buffer, _encoding, done) {
        total += chunk.length;
        done();
      },
    });
    await pipeline(source, createGzip({ level: 6 }), counter, { signal });
  }
  return total;
}
