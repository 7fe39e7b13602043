import type { Batch, Dataset } from './dataset.js';

/** Samples to read together. */
export interface PlannedBatch {
  readonly samples: readonly number[];
  /** How many of them count; the rest repeats the last sample, to fill a batch of fixed size. */
  readonly valid: number;
}

/**
 * All samples in order, at most `batchSize` at once: one at a time where they cannot be joined or one carries state to the
 * next, and exactly as many as the model takes where its batch is fixed.
 */
export function planBatches(dataset: Dataset, batchSize: number): PlannedBatch[] {
  const most = dataset.stackable && !dataset.carried ? Math.max(1, batchSize) : 1;
  const size = dataset.fixedBatch ?? most;
  const batches: PlannedBatch[] = [];
  for (let start = 0; start < dataset.sampleCount; start += size) {
    const valid = Math.min(size, dataset.sampleCount - start);
    const length = dataset.fixedBatch === undefined ? valid : size;
    batches.push({ samples: Array.from({ length }, (_, i) => start + Math.min(i, valid - 1)), valid });
  }
  return batches;
}

/** Samples that were read together. */
export interface ReadBatch extends Batch, PlannedBatch {}

/** Reads batches in their order, each while the one before it is at work. */
export async function* readBatches(dataset: Dataset, batches: readonly PlannedBatch[]): AsyncGenerator<ReadBatch> {
  const read = (batch: PlannedBatch | undefined) => {
    const reading = batch && dataset.read(batch.samples);
    reading?.catch(() => undefined); // Awaited in its turn, unless the work ends before.
    return reading;
  };
  let next = read(batches[0]);
  for (const [i, batch] of batches.entries()) {
    const current = await next!;
    next = read(batches[i + 1]);
    yield { ...batch, feeds: current.feeds };
  }
}
