import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import type { Dataset } from '../data/dataset.js';
import { planBatches } from '../data/batches.js';
import type { Model } from '../graph/model.js';
import { modelEncoding } from '../onnx/encodeModel.js';
import type { Feeds } from './session.js';

/** To be raised where the same model and samples come to other ranges: with onnxruntime's release, or the way they run. */
const rangesVersion = 'onnxruntime 1.30.0, one sample at a time, not optimized';

/** Bytes of a tensor that are read at once. */
const chunkBytes = 4 << 20;

/**
 * Names what the ranges of a model's values over these samples depend on: every byte of the model and of the samples, and
 * the processor that onnxruntime chooses its kernels by. The same key, the same ranges to the bit.
 */
export async function statisticsKey(model: Model, dataset: Dataset, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${rangesVersion}\n${process.arch} ${cpus()[0]?.model}\n`);
  for (const piece of modelEncoding(model, 'inline').pieces) {
    signal?.throwIfAborted();
    if (piece instanceof Uint8Array) hash.update(piece);
    else if (piece.resident) hash.update(piece.resident);
    else {
      for (let start = 0; start < piece.byteLength; start += chunkBytes) {
        hash.update(await piece.read(start, Math.min(piece.byteLength, start + chunkBytes)));
      }
    }
  }
  for (const { input, output } of dataset.carried ?? []) hash.update(`carried ${input}=${output}\n`);
  for (const { samples } of planBatches(dataset, 1)) {
    signal?.throwIfAborted();
    hash.update(`${samples.length}\n`);
    hashFeeds(hash, (await dataset.read(samples)).feeds);
  }
  return hash.digest('hex');
}

function hashFeeds(hash: ReturnType<typeof createHash>, feeds: Feeds): void {
  for (const name of Object.keys(feeds).sort()) {
    const { elementType, shape, data } = feeds[name]!;
    hash.update(`${name} ${elementType} ${shape.join(',')}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
