import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compareModels } from '../../../../src/evaluate/compareModels.js';
import type { Comparison, LayerPair } from '../../../../src/evaluate/comparison.js';
import { measureErrors, withErrors, type MeasureErrorsRequest } from '../../../../src/evaluate/errors/measureErrors.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../../models.js';
import { runnerPath } from '../../runnerPath.js';
import { writeAltered } from './alteredModel.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const digits = samplePath('digits-calibration.npz');

async function compared(a: string, b: string, more: Partial<MeasureErrorsRequest> = {}): Promise<Comparison> {
  const request = { a, b, data: digits, limit: 50, ...more };
  return withErrors(await compareModels(a, b), await measureErrors(request, { runtime }));
}

const measuredOf = ({ layers }: Comparison): LayerPair[] =>
  layers.filter(({ activations }) => activations !== undefined && activations.localSqnrDb !== null);

type Figures = Record<string, { readonly local: number | 'Infinity'; readonly cumulative: number | 'Infinity' }>;

/** What Python's onnxruntime found (test/fixtures/evaluate/errors.py). */
const found = (
  JSON.parse(readFileSync(fixturePath('evaluate/errors.json'), 'utf8')) as { models: Record<string, Figures> }
).models;

describe('errors along the graph of a quantized model', () => {
  it.each([
    ['mobilenet-digits', 'mobilenet-static'],
    ['lenet-300-100', 'lenet-300-100-dynamic'],
  ])('of %s are those that Python finds', async (original, quantized) => {
    const comparison = await compared(fixturePath(`${original}.onnx`), fixturePath(`evaluate/${quantized}.onnx`));
    const measured = new Map(measuredOf(comparison).map((pair) => [pair.b, pair.activations!]));
    for (const [layer, { local, cumulative }] of Object.entries(found[quantized]!)) {
      const { localSqnrDb, cumulativeSqnrDb } = measured.get(layer)!;
      expect(localSqnrDb, `${layer} alone`).toBeCloseTo(Number(local), 1);
      expect(cumulativeSqnrDb, `${layer} in the model`).toBeCloseTo(Number(cumulative), 1);
    }
    expect(comparison.outputs).toMatchObject({ samples: 50, passes: 1, measured: measured.size });
    const last = comparison.layers.at(-1)!.activations ?? comparison.layers.at(-2)!.activations!;
    // Fused kernels round elsewhere.
    expect(Math.abs(last.cumulativeSqnrDb! - comparison.outputs!.agreement!.sqnrDb)).toBeLessThan(1);
  });

  it('are the same over several passes of a small budget', async () => {
    const [a, b] = [fixturePath('mobilenet-digits.onnx'), fixturePath('evaluate/mobilenet-static.onnx')];
    const whole = await compared(a, b, { limit: 10 });
    const split = await compared(a, b, { limit: 10, budgetBytes: 400_000 });
    expect(split.outputs!.passes).toBeGreaterThan(2);
    const figures = (comparison: Comparison) => measuredOf(comparison).map(({ b, activations }) => [b, activations]);
    for (const [i, [layer, { localSqnrDb, cumulativeSqnrDb }]] of (
      figures(split) as [string, NonNullable<LayerPair['activations']>][]
    ).entries()) {
      const other = measuredOf(whole)[i]!;
      expect(other.b).toBe(layer);
      expect(localSqnrDb).toBeCloseTo(other.activations!.localSqnrDb!, 3);
      expect(cumulativeSqnrDb).toBeCloseTo(other.activations!.cumulativeSqnrDb!, 3);
    }
  });
});

describe('where an error arises', () => {
  it.each([samplePath('lenet-5.onnx'), fixturePath('resnet-digits.onnx'), fixturePath('vit-digits.onnx')])(
    'nowhere in a model beside itself: %s',
    async (path) => {
      const comparison = await compared(path, path, { limit: 40 });
      expect(measuredOf(comparison).length).toBeGreaterThan(6);
      for (const { a, activations } of measuredOf(comparison)) {
        expect(activations, a!).toEqual({ localSqnrDb: Infinity, cumulativeSqnrDb: Infinity });
      }
      expect(comparison.outputs).toMatchObject({
        agreement: { sqnrDb: Infinity, top1: 1 },
        disagreements: { count: 0, worst: [] },
        worstLayer: null,
      });
    },
  );

  it.each([
    ['resnet-digits', '/l/l.1/c2/Conv'],
    ['vit-digits', '/qkv_1/MatMul'],
    ['mobilenet-digits', '/blocks/blocks.3/b/b.0/Conv'],
  ])('in the layer of %s whose weight was altered, and from there on it passes through', async (name, layer) => {
    const path = fixturePath(`${name}.onnx`);
    const altered = join(temporaryFolder(), 'altered.onnx');
    const target = (await compareModels(path, path)).layers.find(({ a, error }) => a === layer && error !== null);
    expect(target, `${name} has a layer ${layer} with a weight`).toBeDefined();
    await writeAltered(path, altered, layer, (number, i) => number * (1 + 0.3 * Math.sin(i)));
    const comparison = await compared(path, altered, { limit: 20 });
    const measured = measuredOf(comparison);
    const faulty = measured.filter(({ activations }) => activations!.localSqnrDb !== Infinity);
    expect(faulty.map(({ a }) => a)).toEqual([layer]);
    expect(comparison.outputs!.worstLayer).toBe(layer);
    const at = measured.findIndex(({ a }) => a === layer);
    for (const { a, activations } of measured.slice(0, at)) {
      expect(activations!.cumulativeSqnrDb, `${a} comes before`).toBe(Infinity);
    }
    expect(measured[at]!.activations!.cumulativeSqnrDb).toBe(measured[at]!.activations!.localSqnrDb);
    expect(measured.at(-1)!.activations!.cumulativeSqnrDb).toBeLessThan(100);
    expect(comparison.layers.filter(({ status }) => status !== 'same').map(({ a }) => a)).toEqual([layer]);
  });

  it('tells a NaN in one layer, and what the classes become', async () => {
    const path = samplePath('lenet-5.onnx');
    const altered = join(temporaryFolder(), 'altered.onnx');
    const { layers } = await compareModels(path, path);
    const last = layers.findLast(({ error }) => error !== null)!.a!;
    await writeAltered(path, altered, last, (number, i) => (i === 0 ? NaN : number));
    const { outputs, ...comparison } = await compared(path, altered, { limit: 20 });
    expect(comparison.layers.find(({ a }) => a === last)!.activations).toMatchObject({ localSqnrDb: -Infinity });
    expect(outputs!.worstLayer).toBe(last);
    expect(outputs!.disagreements!.count).toBe(20);
    expect(outputs!.agreement!.top1).toBe(0);
  });

  it('finds the samples of which the models think otherwise, the most decided first', async () => {
    const path = samplePath('lenet-5.onnx');
    const altered = join(temporaryFolder(), 'altered.onnx');
    const { layers } = await compareModels(path, path);
    const last = layers.findLast(({ error }) => error !== null)!.a!;
    await writeAltered(path, altered, last, (number, i) => number * 3 * Math.sin(i * i));
    const { outputs } = await compared(path, altered, { limit: 100 });
    const { count, rows, worst } = outputs!.disagreements!;
    expect(rows).toBe(100);
    expect(count).toBeGreaterThan(0);
    expect(1 - count / rows).toBeCloseTo(outputs!.agreement!.top1!, 12);
    expect(worst).toHaveLength(Math.min(20, count));
    const gaps = worst.map(({ gap }) => gap);
    expect(gaps).toEqual([...gaps].sort((x, y) => y - x));
    for (const { sample, classA, classB, label } of worst) {
      expect(sample).toBeLessThan(100);
      expect(classA).not.toBe(classB);
      expect(label).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('models of other forms', () => {
  it('a folded BatchNormalization counts to the layer it is folded into', async () => {
    const comparison = await compared(fixturePath('mobilenet-digits-bn.onnx'), fixturePath('mobilenet-digits.onnx'));
    const convolutions = comparison.layers.filter(({ op }) => op === 'Conv');
    for (const { a, error, activations, changes } of convolutions) {
      expect(error!.sqnrDb, a!).toBeGreaterThan(130);
      expect(activations!.localSqnrDb, a!).toBeGreaterThan(100);
      expect(changes.map(({ id }) => id)).toEqual(['evaluate.change.folded']);
    }
    const gone = comparison.layers.filter(({ op }) => op === 'BatchNormalization');
    expect(gone.length).toBe(convolutions.length);
    for (const { status, changes } of gone) {
      expect([status, changes[0]!.id]).toEqual(['removed', 'evaluate.gone.folded']);
    }
  });

  it.each([
    ['resnet-digits', 'resnet-qoperator', 30],
    ['mobilenet-digits', 'mobilenet-float16', 60],
  ])('%s whose values are kept in another type: %s', async (original, other, least) => {
    const comparison = await compared(fixturePath(`${original}.onnx`), fixturePath(`evaluate/${other}.onnx`));
    const matched = comparison.layers.filter(({ a, b }) => a !== null && b !== null);
    for (const { a, activations, error, dtype } of matched) {
      expect(activations!.localSqnrDb, a!).toBeGreaterThan(least);
      expect(activations!.localSqnrDb, a!).toBeLessThan(least + 30);
      expect(activations!.cumulativeSqnrDb, a!).toBeGreaterThan(least - 10);
      if (dtype.a !== null) expect(error!.sqnrDb, a!).toBeGreaterThan(least);
    }
    expect(measuredOf(comparison)).toHaveLength(matched.length);
    const { agreement } = comparison.outputs!;
    expect(Math.abs(matched.at(-1)!.activations!.cumulativeSqnrDb! - agreement!.sqnrDb)).toBeLessThan(1.5);
  });

  it('networks that have nothing but their inputs in common', async () => {
    const comparison = await compared(samplePath('lenet-5.onnx'), fixturePath('resnet-digits.onnx'), { limit: 10 });
    expect(comparison.outputs!.agreement!.top1).toBeGreaterThan(0.8);
    const matched = comparison.layers.filter(({ a, b }) => a !== null && b !== null);
    for (const { a, activations } of matched) {
      if (activations?.localSqnrDb === null) expect(activations.missing, a!).toBeDefined();
    }
  });

  it('a real model with data-dependent shapes, and its layers that cannot be run alone', async () => {
    const path = ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx');
    const comparison = await compared(path, path, { data: 'random', limit: 1 });
    expect(measuredOf(comparison).length).toBeGreaterThan(50);
    for (const { a, activations } of measuredOf(comparison)) {
      expect(activations, a!).toMatchObject({ localSqnrDb: Infinity, cumulativeSqnrDb: Infinity });
    }
  });

  it('layers in the bodies of an If are seen in the branch that runs, and not run alone', async () => {
    const path = vadPath('silero_vad_v5.onnx');
    const { layers, outputs } = await compared(path, path, { data: 'random', limit: 2 });
    const inBodies = layers.filter(({ a, activations }) => a!.includes('_branch/') && activations);
    expect(inBodies.length).toBeGreaterThan(100);
    for (const { a, activations } of inBodies) {
      expect(activations!.localSqnrDb, a!).toBeNull();
      expect([Infinity, null], a!).toContain(activations!.cumulativeSqnrDb);
      expect(activations!.missing, a!).toBeDefined();
    }
    const seen = layers.filter(({ activations }) => activations?.cumulativeSqnrDb === Infinity);
    expect(outputs!.measured).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(50);
  });

  it('refuses models that take other inputs, and ends when it is aborted', async () => {
    const [a, b] = [samplePath('lenet-5.onnx'), ocrPath('ch_PP-OCRv4_rec_infer.onnx')];
    await expect(measureErrors({ a, b, data: 'random' }, { runtime })).rejects.toMatchObject({
      code: 'evaluate.inputs-differ',
    });
    const controller = new AbortController();
    const own = createRuntime({ runnerPath });
    const running = measureErrors(
      { a, b: a, data: digits },
      {
        runtime: own,
        signal: controller.signal,
        onProgress: ({ fraction }) => (fraction ?? 0) > 0.3 && controller.abort(),
      },
    );
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await own.close();
  });
});
