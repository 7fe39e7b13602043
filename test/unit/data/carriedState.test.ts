import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../../src/data/batches.js';
import type { CarriedInput } from '../../../src/data/carriedInput.js';
import { CarriedState, withCarried } from '../../../src/data/carriedState.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { select, splitDataset } from '../../../src/data/split.js';
import type { TensorArray } from '../../../src/tensor/tensor.js';

const value = (number: number): TensorArray => ({ elementType: 'float32', shape: [1], data: Float32Array.of(number) });
const state: CarriedInput = { input: 's', output: 'sn', initial: value(0) };

/** Samples 1, 2, … of which those at `starts` begin a sequence. */
function recurrent(sampleCount: number, starts: readonly number[] = []): Dataset {
  return withCarried(
    {
      name: 'd',
      sampleCount,
      inputs: [{ name: 'x', elementType: 'float32', sampleShape: [] }],
      stackable: true,
      warnings: [],
      startsSequence: starts.length > 0 ? (sample) => starts.includes(sample) : undefined,
      read: (samples) =>
        Promise.resolve({
          samples,
          feeds: { x: { ...value(0), shape: [samples.length], data: Float32Array.from(samples, (i) => i + 1) } },
        }),
    },
    [state],
  );
}

/** Runs sn = s + x over the data: at each sample, the sum of its sequence so far. */
async function sums(dataset: Dataset): Promise<number[]> {
  const carried = new CarriedState(dataset.carried!);
  const found = [];
  for (const { samples } of planBatches(dataset, 32)) {
    const feeds = carried.feeds((await dataset.read(samples)).feeds);
    const sum = Number(feeds.s!.data[0]) + Number(feeds.x!.data[0]);
    carried.take({ sn: value(sum) });
    found.push(sum);
  }
  return found;
}

describe('state that the data lacks', () => {
  it('is carried from sample to sample, and begins anew with a sequence', async () => {
    expect(await sums(recurrent(4))).toEqual([1, 3, 6, 10]);
    expect(await sums(recurrent(5, [0, 2, 3]))).toEqual([1, 3, 3, 4, 9]);
  });

  it('is not carried over a gap between samples that were chosen', async () => {
    expect(await sums(select(recurrent(6), [0, 1, 3, 4]))).toEqual([1, 3, 4, 9]);
    expect(await sums(select(recurrent(6, [0, 2]), [1, 2, 3]))).toEqual([2, 3, 7]);
  });

  it('splits between sequences where there are several, and cuts a lone one', async () => {
    const { fit, validate } = splitDataset(recurrent(10), 3);
    expect([fit.sampleCount, validate.sampleCount]).toEqual([6, 4]);
    expect(await sums(fit)).toEqual([1, 3, 6, 10, 15, 21]);
    expect(await sums(validate)).toEqual([7, 15, 24, 34]);
  });

  it('sees each sequence whole in one part, but for one at most', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(100), async (drawn, seed) => {
        const starts = drawn.map((_, i) => drawn.slice(0, i).reduce((sum, each) => sum + each, 0));
        const dataset = recurrent(starts.at(-1)! + drawn.at(-1)!, starts);
        const { fit, validate } = splitDataset(dataset, seed);
        expect(fit.sampleCount + validate.sampleCount).toBe(dataset.sampleCount);
        const whole = await sums(dataset);
        const parts = [...(await sums(fit)), ...(await sums(validate))];
        const strange = parts.filter((sum) => !whole.includes(sum)).length;
        expect(strange).toBeLessThanOrEqual(Math.max(...drawn));
      }),
      { numRuns: 40 },
    );
  });
});
