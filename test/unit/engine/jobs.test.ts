import { copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompressRequest } from '../../../src/protocol/engineService.js';
import type { Progress } from '../../../src/recipe/report.js';
import { fixturePath, samplePath } from '../models.js';
import { compression, gone, hashOf } from './compressions.js';
import { deadPid } from './deadProcess.js';
import type { EngineProcess } from './engineProcess.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

/** Starts a compression and waits until it is in a stage that a runner works for. */
async function untilRunning(engine: EngineProcess, request: CompressRequest, signal?: AbortSignal) {
  let running: (pids: readonly number[]) => void = () => undefined;
  const runners = new Promise<readonly number[]>((resolve) => (running = resolve));
  const answer = engine.call('compress', request, {
    signal,
    onEvent: () =>
      void engine.call('processes', undefined).then(
        ({ runners }) => runners.length > 0 && running(runners),
        () => undefined,
      ),
  });
  // Whoever waits for the runners learns of a failure from the answer.
  answer.catch(() => running([]));
  return { answer, runners: await runners };
}

describe('compressing in the engine', () => {
  it('writes the new file, reports in stages, and keeps the report with the content', async () => {
    const engine = await startEngine();
    const { folder, request } = await compression();
    const progress: Progress[] = [];
    const report = await engine.call('compress', request, { onEvent: (event) => progress.push(event) });
    expect(report.after.bytes).toBe((await stat(request.output)).size);
    expect(report.after.samples).toBe(2000);
    expect(progress.map(({ fraction }) => fraction)).toEqual(
      progress.map(({ fraction }) => fraction).sort((a, b) => a! - b!),
    );
    expect(new Set(progress.map(({ stage }) => stage.id)).size).toBeGreaterThan(3);
    expect(await engine.call('processes', undefined)).toEqual({ engine: engine.child.pid, runners: [] });

    expect(await engine.call('report', { path: request.output })).toEqual(report);
    const copy = join(folder, 'renamed.onnx');
    await copyFile(request.output, copy);
    const card = await engine.call('reportCard', { path: copy });
    expect(card).toMatchObject({ input: request.input, appliedCount: report.applied.length });
    expect(card).not.toHaveProperty('applied');
    expect(await engine.call('report', { path: request.input })).toBeNull();
    expect((await readdir(folder)).sort()).toEqual(['model.int8.onnx', 'model.onnx', 'renamed.onnx']);
  });

  it('kills the runner when it is cancelled, and leaves nothing', async () => {
    const engine = await startEngine();
    const { folder, request } = await compression(fixturePath('resnet-digits.onnx'));
    const before = await hashOf(request.input);
    const cancel = new AbortController();
    const { answer, runners } = await untilRunning(engine, request, cancel.signal);
    expect(runners.length).toBeGreaterThan(0);
    cancel.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await Promise.all(runners.map(gone));
    expect((await engine.call('processes', undefined)).runners).toEqual([]);
    expect(await readdir(folder)).toEqual(['model.onnx']);
    expect(await hashOf(request.input)).toBe(before);
  });

  it('says what is wrong with a request, and goes on', async () => {
    const engine = await startEngine();
    const { request } = await compression();
    const refused = (change: Partial<CompressRequest>) =>
      engine.call('compress', { ...request, ...change }).then(
        () => undefined,
        ({ code, mend }: { code: string; mend: string }) => ({ code, hasMend: mend.length > 0 }),
      );
    expect(await refused({ method: 'quantise' })).toEqual({ code: 'compress.unknown-method', hasMend: true });
    expect(await refused({ data: '/none.npz' })).toMatchObject({ code: expect.stringMatching(/^data\./) as string });
    expect(await refused({ input: '/none.onnx' })).toEqual({ code: 'onnx.not-found', hasMend: true });
    expect((await engine.call('methods', undefined)).map(({ name }) => name)).toContain('quantize');
  });
});

describe('evaluating in the engine', () => {
  it('keeps the last evaluation with the content', async () => {
    const engine = await startEngine();
    const path = samplePath('lenet-5.onnx');
    expect(await engine.call('evaluation', { path })).toBeNull();
    const report = await engine.call('evaluate', { model: path, against: null, data: samplePath('digits-test.npz') });
    expect(report.model).toMatchObject({ samples: 2000, parameters: 431_080 });
    expect(await engine.call('evaluation', { path })).toEqual(report);
  });
});

describe('an engine that was killed', () => {
  it('has its leftovers removed by the next start alone', async () => {
    const state = await temporaryFolder();
    const folder = await temporaryFolder();
    const dead = await deadPid();
    await writeFile(join(folder, `.out.onnx.tare-${dead}.tmp`), 'half a model');
    const { StateFolder } = await import('../../../src/engine/stateFolder.js');
    await new StateFolder(state).write('outputs', `engine-${dead}`, [folder]);
    await startEngine(state);
    while ((await readdir(folder)).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});
