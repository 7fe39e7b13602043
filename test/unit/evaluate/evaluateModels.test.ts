import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { evaluateModels } from '../../../src/evaluate/evaluateModels.js';
import { measureQuality } from '../../../src/evaluate/quality.js';
import { measureExactInt8Sums } from '../../../src/runtime/exactInt8Sums.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

/** Latency is measured only as long as it takes to know that it is. */
const evaluate: typeof evaluateModels = (request, context) =>
  evaluateModels({ latencySeconds: 0.05, ...request }, context);

const digits = samplePath('digits-test.npz');
const calibration = samplePath('digits-calibration.npz');
const lenet = samplePath('lenet-5.onnx');

interface Facts {
  readonly original: string;
  readonly before: { readonly accuracy: number; readonly top5: number };
  readonly after: { readonly accuracy: number; readonly top5: number };
  readonly won: number;
  readonly lost: number;
  readonly top1: number;
  readonly sqnrDb: number;
  readonly cosine: number;
}

/** What numpy and Python's onnxruntime found (test/fixtures/evaluate/make.py). */
const measured = (
  JSON.parse(readFileSync(fixturePath('evaluate/expected.json'), 'utf8')) as { models: Record<string, Facts> }
).models;

describe('the samples on 2,000 digits', () => {
  it.each([
    ['lenet-5', lenet, 1978, 431_080],
    ['lenet-300-100', fixturePath('lenet-300-100.onnx'), 1947, 266_610],
    ['mobilenet-digits', fixturePath('mobilenet-digits.onnx'), 1979, 42_882],
    ['resnet-digits', fixturePath('resnet-digits.onnx'), 1976, 77_418],
    ['vit-digits', fixturePath('vit-digits.onnx'), 1941, 154_954],
  ])('%s', async (name, path, correct, parameters) => {
    const report = await evaluate({ model: path, data: digits }, { runtime });
    const { model } = report;
    expect(model.accuracy).toBe(correct / 2000);
    expect(model.top5).toBeGreaterThan(0.99);
    expect(model.samples).toBe(2000);
    const file = readFileSync(path);
    expect([model.bytes, model.compressedBytes]).toEqual([file.length, gzipSync(file, { level: 6 }).length]);
    expect([model.parameters, model.nonzero]).toEqual([parameters, parameters]);
    expect(model.macs).toBeGreaterThan(100_000);
    expect(model.latencyMs).toMatchObject({ batch: 1, threads: 1 });
    expect(model.latencyMs!.p10).toBeLessThanOrEqual(model.latencyMs!.median);
    expect(model.latencyMs!.p90).toBeGreaterThanOrEqual(model.latencyMs!.median);
    expect(model.peakMemoryBytes).toBeGreaterThan(1e6);
    expect(report).toEqual({ model, data: digits, notes: [] });
    expect(name).not.toBe('');
  });
});

describe('a quantized model against its original', () => {
  it.each(Object.entries(measured))('%s agrees as numpy says', async (name, facts) => {
    const stages: string[] = [];
    const fractions: number[] = [];
    const report = await evaluate(
      { model: fixturePath(`evaluate/${name}.onnx`), against: fixturePath(`${facts.original}.onnx`), data: digits },
      {
        runtime,
        onProgress: ({ stage, fraction }) => {
          if (stage.id !== stages.at(-1)) stages.push(stage.id);
          fractions.push(fraction!);
        },
      },
    );
    const { model, against, agreement, accuracyChange, latencyRatio } = report;
    expect([against!.accuracy, against!.top5]).toEqual([facts.before.accuracy, facts.before.top5]);
    const noteIds = report.notes!.map(({ id }) => id);
    if (await measureExactInt8Sums(runtime)) {
      expect([model.accuracy, model.top5]).toEqual([facts.after.accuracy, facts.after.top5]);
      expect(accuracyChange).toMatchObject({ wonSamples: facts.won, lostSamples: facts.lost });
      expect(agreement!.top1).toBe(facts.top1);
      expect(agreement!.sqnrDb).toBeCloseTo(facts.sqnrDb, 1);
      expect(agreement!.cosine).toBeCloseTo(facts.cosine, 4);
      expect(noteIds).toEqual(['evaluate.saturates-elsewhere']);
    } else expect(noteIds).toEqual(['evaluate.saturates-here']);
    expect(accuracyChange!.difference).toBeCloseTo(model.accuracy! - against!.accuracy!, 12);
    expect(latencyRatio!.median).toBeGreaterThan(0);
    expect(model.bytes).toBeLessThan(against!.bytes);
    expect(model.nonzero).toBeLessThanOrEqual(model.parameters);
    expect(stages.map((id) => id.replace('evaluate.stage.', ''))).toEqual(['size', 'quality', 'latency', 'memory']);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  it('says nothing of saturation where both are float, and that equal models agree', async () => {
    const { agreement, accuracyChange, notes } = await evaluate(
      { model: lenet, against: lenet, data: calibration },
      { runtime },
    );
    expect(agreement).toEqual({ top1: 1, sqnrDb: Infinity, cosine: 1, samples: 500 });
    expect(accuracyChange).toMatchObject({ difference: 0, wonSamples: 0, lostSamples: 0 });
    expect(notes).toEqual([]);
  });
});

describe('models without labels, classes or a free batch', () => {
  it.each(['silero_vad_v5.onnx', 'silero_vad_legacy.onnx'])('runs %s on random data', async (name) => {
    const model = vadPath(name);
    const report = await evaluate({ model, against: model, data: 'random' }, { runtime });
    expect(report.agreement).toMatchObject({ top1: null, sqnrDb: Infinity, cosine: 1, samples: 16 });
    expect(report.model).toMatchObject({ samples: 16, accuracy: undefined, top5: undefined });
    const carried = name.includes('legacy') ? ['activations.carried', 'activations.carried'] : ['activations.carried'];
    expect(report.notes!.map(({ id }) => id)).toEqual(['data.random', ...carried]);
  });

  it.each(['ch_PP-OCRv4_det_infer.onnx', 'ch_ppocr_mobile_v2.0_cls_infer.onnx', 'ch_PP-OCRv4_rec_infer.onnx'])(
    'runs %s on random data',
    async (name) => {
      const height = name.includes('det') ? 64 : 48;
      const inputs = [{ name: 'x', elementType: 'float32', shape: ['n', 3, 'h', 'w'] }] as const;
      const data = await openDataset('random', inputs, { limit: 2, shapes: { x: [1, 3, height, 96] } });
      const { model } = await evaluate({ model: ocrPath(name), data }, { runtime });
      expect(model.latencyMs!.median).toBeGreaterThan(0);
      expect(model.parameters).toBeGreaterThan(100_000);
      expect(model.nonzero).toBeGreaterThan(0.9 * model.parameters);
    },
  );

  it('measures sizes alone without data', async () => {
    const report = await evaluate({ model: lenet, data: null }, { runtime });
    expect(report.model).toMatchObject({ samples: 0, latencyMs: null, peakMemoryBytes: null, nonzero: 431_080 });
  });
});

describe('what is odd is said', () => {
  it('NaN outputs count as wrong, and are noted', async () => {
    const data = await openDataset(calibration, [{ name: 'image', elementType: 'float32', shape: ['n', 1, 28, 28] }], {
      limit: 4,
    });
    const spoilt: Dataset = {
      ...data,
      read: async (samples) => {
        const batch = await data.read(samples);
        for (const [i, sample] of samples.entries())
          if (sample < 2) batch.feeds['image']!.data.fill(NaN as never, i * 784, (i + 1) * 784);
        return batch;
      },
    };
    const model = fixturePath('vit-digits.onnx');
    const report = await evaluate({ model, against: model, data: spoilt }, { runtime });
    expect(report.model.accuracy).toBeLessThanOrEqual(0.5);
    expect(report.agreement).toMatchObject({ top1: 0.5, sqnrDb: Infinity });
    expect(report.notes).toMatchObject([
      { id: 'data.limited' },
      { id: 'evaluate.not-finite', params: { count: 2, samples: 4 } },
      { id: 'evaluate.not-finite' },
    ]);
  });

  it('labels that the model does not know', async () => {
    const data = await openDataset(calibration, [{ name: 'image', elementType: 'float32', shape: ['n', 1, 28, 28] }]);
    const labels = data.labels!.slice();
    labels[40] = 10;
    await expect(evaluate({ model: lenet, data: { ...data, labels } }, { runtime })).rejects.toMatchObject({
      message: 'Sample 40 has the label 10, but lenet-5.onnx knows only the classes 0 to 9.',
    });
  });

  it('models that take different inputs', async () => {
    await expect(
      evaluate({ model: lenet, against: ocrPath('ch_PP-OCRv4_det_infer.onnx'), data: 'random' }, { runtime }),
    ).rejects.toMatchObject({
      code: 'evaluate.inputs-differ',
      message: expect.stringMatching(/takes x float32\[.*\], and .* takes image float32\[/),
    });
  });

  it('a batch axis that is only said to be free', async () => {
    const { model } = await openDataset(
      calibration,
      [{ name: 'image', elementType: 'float32', shape: ['n', 1, 28, 28] }],
      {
        limit: 70,
      },
    ).then(async (data) => {
      const session = await runtime.load({ kind: 'file', path: lenet });
      const picky = {
        ...session,
        run: (feeds: Parameters<typeof session.run>[0], ...rest: [fetches?: readonly string[], signal?: AbortSignal]) =>
          session.run(
            feeds['image']!.shape[0] === 1
              ? feeds
              : { image: { elementType: 'float32', shape: [1, 2, 3], data: new Float32Array(6) } },
            ...rest,
          ),
      };
      const result = await measureQuality([{ name: 'picky', session: picky }], data);
      await session.release();
      return { model: result };
    });
    expect(model.notes).toMatchObject([{ id: 'evaluate.one-by-one', params: { model: 'picky' } }]);
    expect(model.qualities[0]!.correct!.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(65);
  });
});

describe('cancelling', () => {
  it.each(['size', 'quality', 'latency', 'memory'])('ends in the stage %s', async (wanted) => {
    const own = createRuntime({ runnerPath });
    const controller = new AbortController();
    await expect(
      evaluate(
        { model: lenet, data: digits },
        {
          runtime: own,
          signal: controller.signal,
          onProgress: ({ stage }) => stage.id === `evaluate.stage.${wanted}` && controller.abort(),
        },
      ),
    ).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => own.runnerPids().length).toBeLessThanOrEqual(1);
    await own.close();
    expect(own.runnerPids()).toEqual([]);
  });
});
