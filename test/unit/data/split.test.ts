import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../../src/data/batches.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { select, splitDataset } from '../../../src/data/split.js';
import { samplePath } from '../models.js';
import { dataPath, imageInput } from './datasetFixtures.js';

/** Sample i has label i and feeds [i]. */
function counting(sampleCount: number): Dataset {
  return {
    name: 'counting',
    sampleCount,
    inputs: [{ name: 'x', elementType: 'int32', sampleShape: [] }],
    stackable: true,
    labels: Int32Array.from({ length: sampleCount }, (_, i) => i),
    warnings: [],
    read: async (samples) => ({
      samples,
      feeds: { x: { elementType: 'int32', shape: [samples.length], data: Int32Array.from(samples) } },
    }),
  };
}

describe('splitDataset', () => {
  it('parts the calibration digits into 300 and 200', async () => {
    const inputs = [{ name: 'image', elementType: 'float32', shape: ['n', 1, 28, 28] }] as const;
    const { fit, validate } = splitDataset(await openDataset(samplePath('digits-calibration.npz'), inputs), 0);
    expect([fit.sampleCount, validate.sampleCount]).toEqual([300, 200]);
  });

  it('parts every set into two that share nothing and lose nothing, by seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 400 }), fc.integer(), (count, seed) => {
        const { fit, validate } = splitDataset(counting(count), seed);
        const both = [...fit.labels!, ...validate.labels!].sort((a, b) => a - b);
        expect(both).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(fit.sampleCount).toBeGreaterThan(0);
        expect(validate.sampleCount).toBeGreaterThan(0);
        expect(Math.abs(fit.sampleCount - 0.6 * count)).toBeLessThanOrEqual(0.5);
        expect(splitDataset(counting(count), seed).fit.labels).toEqual(fit.labels);
      }),
    );
    expect(splitDataset(counting(100), 1).fit.labels).not.toEqual(splitDataset(counting(100), 2).fit.labels);
  });

  it('uses a lone sample for both', () => {
    const { fit, validate } = splitDataset(counting(1), 0);
    expect([fit.sampleCount, validate.sampleCount]).toEqual([1, 1]);
  });
});

describe('select', () => {
  it('reads the chosen samples, also of a selection', async () => {
    const chosen = select(select(counting(10), [9, 7, 5, 3]), [3, 0]);
    expect([...chosen.labels!]).toEqual([3, 9]);
    expect([...(await chosen.read([1, 0])).feeds['x']!.data]).toEqual([9, 3]);
  });

  it('keeps labels and images together', async () => {
    const whole = await openDataset(dataPath('plain.npz'), [imageInput]);
    const chosen = select(whole, [4, 2]);
    expect(chosen.labels![1]).toBe(whole.labels![2]);
    expect((await chosen.read([1])).feeds).toEqual((await whole.read([2])).feeds);
  });
});

describe('planBatches', () => {
  it('covers every sample once, in order, in batches that the model takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 40 }),
        fc.option(fc.integer({ min: 2, max: 9 }), { nil: undefined }),
        fc.boolean(),
        (count, batchSize, fixedBatch, stackable) => {
          const plan = planBatches(
            { ...counting(count), stackable, fixedBatch: stackable ? fixedBatch : undefined },
            batchSize,
          );
          const valid = plan.flatMap((batch) => batch.samples.slice(0, batch.valid));
          expect(valid).toEqual(Array.from({ length: count }, (_, i) => i));
          for (const { samples } of plan) {
            if (!stackable) expect(samples).toHaveLength(1);
            else if (fixedBatch !== undefined) expect(samples).toHaveLength(fixedBatch);
            else expect(samples.length).toBeLessThanOrEqual(batchSize);
            expect(Math.max(...samples)).toBeLessThan(count);
          }
        },
      ),
    );
  });
});
