import { afterAll, describe, expect, it } from 'vitest';
import { laboratoryOn } from '../../../src/recipe/laboratory.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { constant, floatInput, modelOf, node } from '../compress/quantize/smallModels.js';
import { drawnDataset } from '../compress/quantize/rounding/drawnDataset.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const dataset = drawnDataset('x', [3], 11);
const laboratory = laboratoryOn(dataset, runtime, 'small');

async function allSamples(): Promise<Float32Array> {
  const { feeds } = await dataset.read(Array.from({ length: dataset.sampleCount }, (_, i) => i));
  return feeds['x']!.data as Float32Array;
}

/** `y` is x times two, `sum` its sum over the samples of a run. */
const doubled = modelOf({
  nodes: [node('Mul', ['x', 'two'], ['y']), node('ReduceSum', ['y', 'first'], ['sum'])],
  inputs: [floatInput('x', [-1, 3])],
  outputs: [{ name: 'y' }, { name: 'sum' }],
  constants: { two: constant([], [2]), first: constant([1], [0n]) },
});

/** A step of w towards the mean of the rows t of a batch, by `rate` of the way. */
const approach = modelOf({
  nodes: [
    node('ReduceMean', ['t'], ['mean']),
    node('Sub', ['mean', 'w'], ['way']),
    node('Mul', ['way', 'rate'], ['move']),
    node('Add', ['w', 'move'], ['next w']),
    node('Mul', ['way', 'way'], ['loss']),
  ],
  inputs: [
    floatInput('w', []),
    floatInput('rate', []),
    { name: 't', type: { kind: 'tensor', elementType: 'float32' } },
  ],
  outputs: [{ name: 'next w' }, { name: 'loss' }],
  constants: {},
});
approach.graph.nodes[0]!.attributes.set('keepdims', { kind: 'int', value: 0n });

describe('a laboratory', () => {
  it('adds up outputs over all samples, whatever it joins in a run', async () => {
    const expected = [0, 0, 0];
    for (const [i, x] of (await allSamples()).entries()) expected[i % 3]! += 2 * x;
    for (const [batchSize, runs] of [
      [1, 11],
      [4, 3],
    ]) {
      const { sum } = Object.fromEntries(await laboratory.accumulate(doubled, ['sum'], { batchSize }));
      expect(sum!.runs).toBe(runs);
      expect(sum!.sums).toBeInstanceOf(Float64Array);
      for (const [i, value] of expected.entries()) expect(sum!.sums[i]).toBeCloseTo(value, 5);
    }
  });

  it('refuses to add up an output whose shape changes', async () => {
    await expect(laboratory.accumulate(doubled, ['y'], { batchSize: 4 })).rejects.toThrow();
  });
});

describe('a bench', () => {
  it('collects all rows, in order, where there is room', async () => {
    const bench = laboratory.bench();
    try {
      expect(await bench.collect(doubled, { y: 'kept' }, { rows: 100, seed: 1, batchSize: 4 })).toBe(11);
      const { kept } = await bench.read(['kept']);
      expect(kept!.shape).toEqual([11, 3]);
      expect([...(kept!.data as Float32Array)]).toEqual([...(await allSamples())].map((x) => Math.fround(2 * x)));
    } finally {
      await bench.close();
    }
  });

  it('draws the same rows of outputs and models of as many rows, by seed', async () => {
    const bench = laboratory.bench();
    const rowsBy = async (seed: number, name: string) => {
      await bench.collect(doubled, { y: name }, { rows: 6, seed, batchSize: 4 });
      return [...((await bench.read([name]))[name]!.data as Float32Array)];
    };
    try {
      const first = await rowsBy(1, 'a');
      expect(first.length).toBeLessThanOrEqual(18);
      expect(await rowsBy(1, 'b')).toEqual(first);
      expect(await rowsBy(2, 'c')).not.toEqual(first);
    } finally {
      await bench.close();
    }
  });

  it('iterates a model on its own outputs, the same by seed however it is cut in pieces', async () => {
    const bench = laboratory.bench();
    const tensor = (shape: number[], numbers: number[]) => ({
      elementType: 'float32' as const,
      shape,
      data: Float32Array.from(numbers),
    });
    try {
      const run = async (steps: number, seed: number) => {
        await bench.put({ w: tensor([], [10]), targets: tensor([5, 1], [1, 2, 3, 4, 5]) });
        const { loss } = await bench.iterate(approach, {
          steps,
          constants: {},
          state: { w: 'next w' },
          batches: { t: 'targets' },
          batchSize: 2,
          seed,
          schedule: { rate: new Float32Array(steps).fill(0.1) },
          traces: ['loss'],
        });
        return { loss: [...loss!], w: (await bench.read(['w']))['w']!.data[0] as number };
      };
      const { loss, w } = await run(120, 3);
      expect(loss).toHaveLength(120);
      expect(loss[0]).toBeGreaterThan(25);
      expect(w).toBeGreaterThan(1.5);
      expect(w).toBeLessThan(4.5);
      expect(await run(120, 3)).toEqual({ loss, w });
      expect((await run(120, 4)).loss).not.toEqual(loss);
      // Each pair of steps draws four of the five rows once.
      expect((await run(60, 3)).loss).toEqual(loss.slice(0, 60));
    } finally {
      await bench.close();
    }
  });

  it('forgets what it is told to', async () => {
    const bench = laboratory.bench();
    try {
      await bench.put({ a: { elementType: 'float32', shape: [1], data: Float32Array.of(1) } });
      await bench.put({}, ['a']);
      await expect(bench.read(['a'])).rejects.toThrow();
    } finally {
      await bench.close();
    }
  });
});
