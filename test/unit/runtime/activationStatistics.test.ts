import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { modelInputs } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { copyModel } from '../../../src/graph/copy.js';
import { Graph } from '../../../src/graph/graph.js';
import type { Model } from '../../../src/graph/model.js';
import { intAttribute, Node } from '../../../src/graph/node.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../src/runtime/activationStatistics.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { fixturePath, samplePath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

const golden = JSON.parse(readFileSync(fixturePath('runtime/ranges.json'), 'utf8')) as {
  avx512: boolean;
  samples: number;
  models: Record<string, Record<string, [number, number]>>;
};

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const modelPath = (name: string) => (name === 'lenet-5' ? samplePath : fixturePath)(`${name}.onnx`);

/** Kernels, and with them the last bits of sums, are chosen by the processor. */
const sameKernels =
  process.arch === 'x64' &&
  process.platform === 'linux' &&
  readFileSync('/proc/cpuinfo', 'latin1').includes('avx512f') === golden.avx512;

describe('ranges are those of onnxruntime.quantization, to the bit', () => {
  it.each(Object.keys(golden.models))('%s', async (name) => {
    const opened = await openModel(modelPath(name));
    const { model } = opened;
    const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), {
      limit: golden.samples,
    });
    const wanted = golden.models[name]!;
    const progress: number[] = [];
    const { ranges } = await collectActivationStatistics(runtime, model, { ranges: Object.keys(wanted) }, dataset, {
      onProgress: (fraction) => progress.push(fraction),
    });
    await opened.close();
    expect([...ranges.keys()]).toEqual(Object.keys(wanted));
    for (const [value, { min, max }] of ranges) {
      const [least, greatest] = wanted[value]!;
      if (sameKernels) expect([value, min, max]).toEqual([value, least, greatest]);
      const tolerance = 1e-5 * Math.max(Math.abs(least), Math.abs(greatest));
      expect(Math.max(Math.abs(min - least), Math.abs(max - greatest)), value).toBeLessThanOrEqual(tolerance);
    }
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });
});

/** x float32[n] to y = -x in float16. */
const halves: Model = {
  irVersion: 8,
  opsets: new Map([['', 13]]),
  metadata: new Map(),
  functions: [],
  graph: new Graph({
    name: 'halves',
    nodes: [
      new Node({ opType: 'Cast', inputs: ['x'], outputs: ['h'], attributes: new Map([['to', intAttribute(10)]]) }),
      new Node({ opType: 'Neg', inputs: ['h'], outputs: ['y'] }),
    ],
    inputs: [{ name: 'x', type: { kind: 'tensor', elementType: 'float32', shape: ['n', 3] } }],
    outputs: [{ name: 'y', type: { kind: 'tensor', elementType: 'float16', shape: ['n', 3] } }],
  }),
};

function rowsOf(...rows: number[][]): Dataset {
  return {
    name: 'rows',
    sampleCount: rows.length,
    inputs: [{ name: 'x', elementType: 'float32', sampleShape: [3] }],
    stackable: true,
    warnings: [],
    read: async (samples) => {
      const data = Float32Array.from(samples.flatMap((sample) => rows[sample]!));
      return { samples, feeds: { x: { elementType: 'float32', shape: [samples.length, 3], data } } };
    },
  };
}

const request = { ranges: ['x', 'h', 'y', 'y'] };

describe('collectActivationStatistics', () => {
  it('reads float16 values, whose types nothing declares, and leaves the model as it was', async () => {
    const before = copyModel(halves);
    const { ranges } = await collectActivationStatistics(runtime, halves, request, rowsOf([1, 2, 3], [-4, 0.1, 0]));
    expect(ranges.get('x')).toEqual({ min: -4, max: 3 });
    expect(ranges.get('h')).toEqual({ min: -4, max: 3 });
    expect(ranges.get('y')).toEqual({ min: -3, max: 4 });
    expect(halves.graph.nodes).toHaveLength(before.graph.nodes.length);
    expect(halves.graph.outputs).toEqual(before.graph.outputs);
  });

  it('a sample of NaN costs no other sample', async () => {
    const { ranges } = await collectActivationStatistics(
      runtime,
      halves,
      request,
      rowsOf([NaN, NaN, NaN], [5, 6, 7], [NaN, NaN, NaN], [2, 1, 3]),
    );
    expect(ranges.get('y')).toEqual({ min: -7, max: -1 });
  });

  it('only NaN is said to be NaN; infinities are kept', async () => {
    const nan = await collectActivationStatistics(runtime, halves, request, rowsOf([NaN, NaN, NaN]));
    expect(nan.ranges.get('y')).toEqual({ min: NaN, max: NaN });
    const infinite = await collectActivationStatistics(runtime, halves, request, rowsOf([1, Infinity, 2]));
    expect(infinite.ranges.get('x')).toEqual({ min: 1, max: Infinity });
  });

  it('asks for nothing where nothing is wanted', async () => {
    expect((await collectActivationStatistics(runtime, halves, { ranges: [] }, rowsOf([1, 2, 3]))).ranges.size).toBe(0);
  });

  it('names a value that the model does not compute', async () => {
    await expect(
      collectActivationStatistics(runtime, halves, { ranges: ['z'] }, rowsOf([1, 2, 3])),
    ).rejects.toMatchObject({ code: 'runtime.unknown-value', message: expect.stringContaining('z') });
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const dataset = rowsOf(...Array.from({ length: 1000 }, () => [1, 2, 3]));
    await expect(
      collectActivationStatistics(runtime, halves, request, dataset, {
        signal: controller.signal,
        onProgress: (fraction) => fraction > 0.01 && controller.abort(),
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });
});
