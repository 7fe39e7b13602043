// Throughput of tensor statistics over 256 MB of float32 in memory, beside a loop that only reads them.
import type { NumberSource } from '../../src/tensor/measure.js';
import { measure, plainKernel } from '../../src/tensor/measure.js';
import { emptyChannelExtremes } from '../../src/tensor/channelRanges.js';
import { emptyBins } from '../../src/tensor/histogram.js';
import type { Numbers } from '../../src/tensor/statistics.js';
import { median } from './processFigures.js';

const repeats = 5;
const columns = 4096;
const count = 64 << 20;
const chunkLength = 1 << 20;

export async function statistics(): Promise<void> {
  const values = bellShaped(count);
  const chunks: Float32Array[] = [];
  for (let start = 0; start < count; start += chunkLength) chunks.push(values.subarray(start, start + chunkLength));
  const each = (act: (chunk: Numbers, position: number) => void) => () => {
    chunks.forEach((chunk, i) => act(chunk, i * chunkLength));
    return Promise.resolve();
  };
  const source: NumberSource = {
    shape: [count / columns, columns],
    async *chunks() {
      yield* chunks;
    },
  };

  const bins = emptyBins(-1, 1, 2048);
  const rows = emptyChannelExtremes(source.shape, 0);
  const last = emptyChannelExtremes(source.shape, 1);
  let sum = 0;
  console.log(`statistics of ${(values.byteLength / 1e6).toFixed(0)} MB of float32, MB/s, median of ${repeats}`);
  await report(
    'read (sum)',
    each((chunk) => (sum += sumOf(chunk as Float32Array))),
  );
  await report(
    'moments',
    each((chunk) => void plainKernel.momentsOf(chunk)),
  );
  await report(
    'histogram of 2,048 bins',
    each((chunk) => plainKernel.countInto(bins, chunk)),
  );
  await report(
    'channel ranges, first axis',
    each((chunk, at) => plainKernel.widenChannels(rows, chunk, at)),
  );
  await report(
    'channel ranges, last axis',
    each((chunk, at) => plainKernel.widenChannels(last, chunk, at)),
  );
  await report('all of it (measure)', async () => void (await measure(source, { axis: 0 })));
  if (Number.isNaN(sum)) throw new Error('the sum is lost');
}

/** Sums of three uniform numbers of a linear congruential generator. */
function bellShaped(length: number): Float32Array {
  const values = new Float32Array(length);
  let state = 1;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) / 2 ** 32;
  for (let i = 0; i < length; i++) values[i] = (uniform() + uniform() + uniform()) / 1.5;
  return values;
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

async function report(name: string, run: () => Promise<void>): Promise<void> {
  await run();
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await run();
    seconds.push((performance.now() - start) / 1000);
  }
  console.log(`  ${name.padEnd(28)}${((count * 4) / 1e6 / median(seconds)).toFixed(0).padStart(6)}`);
}
