import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateModels } from '../../../../src/evaluate/evaluateModels.js';
import { MetricRunner } from '../../../../src/evaluate/metric/metricRunner.js';
import type { Output } from '../../../../src/evaluate/outputs.js';
import { pairedBootstrap } from '../../../../src/evaluate/pairedBootstrap.js';
import { isBudgetMet } from '../../../../src/recipe/budget.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.js';
import { bundleFolder } from '../../bundles.js';
import { fixturePath, samplePath } from '../../models.js';
import { runnerPath } from '../../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());
const workerPath = join(bundleFolder, 'metricWorker.js');

function moduleOf(text: string): string {
  const path = join(temporaryFolder(), 'metric.mjs');
  writeFileSync(path, text);
  return path;
}

const output = (...numbers: number[]): Output[] => [
  { name: 'y', isFloat: true, shape: [1, numbers.length], numbers: Float32Array.from(numbers) },
];

async function failureOf(text: string): Promise<{ code: string; message: string }> {
  const path = moduleOf(text);
  const run = async () => {
    const metric = await MetricRunner.start(path, { workerPath, models: 1 });
    try {
      await metric.add(0, 0, output(1), 0);
      await metric.result(0);
    } finally {
      await metric.close();
    }
  };
  return run().then(
    () => Promise.reject(new Error('nothing failed')),
    (error: { code: string; message: string }) => error,
  );
}

describe('a metric of the user', () => {
  it('keeps a state for each model, and is asked at the end', async () => {
    const path = moduleOf(`export default {
      name: 'greatest', betterIs: 'lower',
      create() { let best = -Infinity; return {
        add(sample, outputs, label) { best = Math.max(best, outputs.y.data[0] + 100 * label + 1000 * sample.index); },
        result: () => best,
      }; },
    };`);
    const metric = await MetricRunner.start(path, { workerPath, models: 2 });
    expect(metric.card).toEqual({ name: 'greatest', betterIs: 'lower' });
    await metric.add(0, 3, output(7), 2);
    await metric.add(1, 0, output(5), 0);
    expect(await metric.result(0)).toEqual({ value: 3207, scores: null });
    expect(await metric.result(1)).toEqual({ value: 5, scores: null });
    await metric.close();
  });

  it('may be a function that scores samples', async () => {
    const metric = await MetricRunner.start(
      moduleOf('export default function first(sample, { y }) { return y.data[0]; }'),
      {
        workerPath,
        models: 1,
      },
    );
    expect(metric.card).toEqual({ name: 'first', betterIs: 'higher' });
    for (const [i, score] of [1, 2, 6].entries()) await metric.add(0, i, output(score), undefined);
    expect(await metric.result(0)).toEqual({ value: 3, scores: Float64Array.of(1, 2, 6) });
    await metric.close();
  });

  it.each([
    ['export default 7;', /neither an object with create\(\) nor a function/],
    ["export default { name: 'a', betterIs: 'up', create() {} };", /betterIs is "up"/],
    ["export default { name: 'a', betterIs: 'lower', create: () => 1 };", /no function add/],
    ['export default () => {};', /does not return a number for each sample/],
    ['export default async () => 1;', /asynchronous/],
    ['export default () => NaN;', /sample 0 is NaN/],
    ['\n\nexport default (sample, outputs) => outputs.z.data[0];', /metric\.mjs, line 3 failed: TypeError/],
    ['\nexport default function {', /metric\.mjs(, line 2)? failed: SyntaxError/],
    ["import './absent.mjs';", /Cannot find module/],
    ['process.exit(5);', /exit code 5/],
    ['export default () => process.exit(3);', /exit code 3/],
  ])('that is %j fails with one sentence', async (text, message) => {
    expect(await failureOf(text)).toMatchObject({ code: 'evaluate.metric', message: expect.stringMatching(message) });
  });

  it('that never ends is ended by a cancel', async () => {
    const cancel = new AbortController();
    const path = moduleOf('export default () => { for (;;); };');
    const metric = await MetricRunner.start(path, { workerPath, models: 1, signal: cancel.signal });
    const added = metric.add(0, 0, output(1), 0);
    cancel.abort();
    await expect(added).rejects.toMatchObject({ code: 'cancelled' });
    await metric.close();
  });

  it('judges two models beside accuracy, with the interval of the difference', async () => {
    const path = moduleOf(`export default function correct(sample, { logits }, label) {
      return logits.data.indexOf(Math.max(...logits.data)) === label ? 1 : 0;
    }`);
    const lenet = samplePath('lenet-5.onnx');
    const against = fixturePath('lenet-300-100.onnx');
    const request = {
      model: against,
      against: lenet,
      data: samplePath('digits-calibration.npz'),
      metric: path,
      topK: 2,
    };
    const report = await evaluateModels(
      { ...request, latencySeconds: 0.05 },
      { runtime, metricWorkerPath: workerPath },
    );
    const { metric, accuracyChange } = report;
    expect(metric).toMatchObject({ name: 'correct', betterIs: 'higher' });
    expect(metric!.model).toBeCloseTo(report.model.accuracy!, 12);
    expect(metric!.against).toBeCloseTo(report.against!.accuracy!, 12);
    expect(metric!.difference).toBeCloseTo(accuracyChange!.difference, 12);
    // Two estimates of the same interval.
    for (const i of [0, 1]) expect(Math.abs(metric!.interval![i]! - accuracyChange!.interval[i]!)).toBeLessThan(0.006);
    expect(report.model.topK!.k).toBe(2);
    expect(report.model.topK!.accuracy).toBeGreaterThan(report.model.accuracy!);
    expect(report.model.topK!.accuracy).toBeLessThanOrEqual(report.model.top5!);
    expect(isBudgetMet(1, report)).toBe(true);
    expect(isBudgetMet(0, report)).toBe(-metric!.interval![0] <= 0);
  });

  it('is not run where no one says that it may', async () => {
    const request = { model: samplePath('lenet-5.onnx'), data: samplePath('digits-calibration.npz') };
    const metric = moduleOf('export default () => 1;');
    await expect(evaluateModels({ ...request, metric }, { runtime })).rejects.toMatchObject({
      code: 'evaluate.metric-not-here',
    });
  });
});

describe('isBudgetMet', () => {
  const report = (metric: object) => ({ metric: { name: 'm', ...metric } }) as never;

  it('holds the worse end of the interval of a metric against the limit, in its own unit', () => {
    const lower = { betterIs: 'lower', difference: 0.5, interval: [0.2, 0.9] };
    expect(isBudgetMet(0.9, report(lower))).toBe(true);
    expect(isBudgetMet(0.8, report(lower))).toBe(false);
    const higher = { betterIs: 'higher', difference: -0.5, interval: [-0.9, -0.2] };
    expect(isBudgetMet(0.9, report(higher))).toBe(true);
    expect(isBudgetMet(0.8, report(higher))).toBe(false);
    expect(isBudgetMet(0.5, report({ ...higher, interval: null }))).toBe(true);
    expect(isBudgetMet(0.4, report({ ...higher, interval: null }))).toBe(false);
  });
});

describe('pairedBootstrap', () => {
  it('is the normal interval for many samples, and a point for equal ones', () => {
    const n = 2000;
    const differences = Float64Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898));
    const mean = differences.reduce((sum, value) => sum + value, 0) / n;
    const half = 1.96 * Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n / n);
    const [low, high] = pairedBootstrap(differences);
    expect(Math.abs(low - (mean - half))).toBeLessThan(0.1 * half);
    expect(Math.abs(high - (mean + half))).toBeLessThan(0.1 * half);
    expect(pairedBootstrap([2, 2, 2])).toEqual([2, 2]);
  });
});
