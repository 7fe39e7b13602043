import { join } from 'node:path';
import { copyFile, utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { MeasuredDetail } from '../../../src/protocol/activationCalls.js';
import type { Progress } from '../../../src/recipe/report.js';
import { fixturePath, samplePath } from '../models.js';
import { compression, hashOf } from './compressions.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const query = { search: '', sortBy: 'order', descending: false, weightsOnly: false } as const;

describe('measuring activations in the engine', () => {
  it('shows them in rows and details, and keeps them over a restart', async () => {
    const state = await temporaryFolder();
    const engine = await startEngine(state);
    const folder = await temporaryFolder();
    const path = join(folder, 'model.onnx');
    const data = join(folder, 'digits.npz');
    await copyFile(samplePath('lenet-5.onnx'), path);
    await copyFile(samplePath('digits-calibration.npz'), data);
    const { model } = await engine.call('open', { path });
    expect(await engine.call('activations', { model })).toBeNull();
    expect(await engine.call('activation', { model, layer: 1 })).toEqual([]);

    const progress: Progress[] = [];
    const request = { model: path, data, budgetBytes: 100_000 };
    const card = await engine.call('measureActivations', request, { onEvent: (event) => progress.push(event) });
    expect(card).toMatchObject({ data, samples: 500, measured: 11, missing: 0, reasons: [], budgetBytes: 100_000 });
    expect(card.passes).toBeGreaterThan(1);
    expect(progress.at(-1)!.stage.id).toBe('activations.stage.pass');
    expect((await engine.call('processes', undefined)).runners).toEqual([]);

    const { rows } = await engine.call('layers', { model, query, start: 0, end: 20 });
    const relu = rows.find(({ card: { name } }) => name === '/Relu_2')!;
    expect(relu.activation).toMatchObject({ min: 0 });
    expect(relu.activation!.zeros).toBeCloseTo(0.664, 2);
    expect(relu.activation!.histogram).toHaveLength(24);
    const [detail] = (await engine.call('activation', { model, layer: relu.index })) as MeasuredDetail[];
    expect(detail).toMatchObject({ dtype: 'float32', shape: [1, 500], channels: { axis: 1, count: 500, perBar: 1 } });
    expect(detail!.channels!.dead).toBeGreaterThan(100);
    expect(detail!.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(250_000);
    const dead = (await engine.call('findings', { model })).find(({ kind }) => kind === 'activation-dead')!;
    expect(dead.layer).toBe('/Relu_2');
    expect(dead.message.params).toMatchObject({
      dead: String(detail!.channels!.dead),
      channels: '500',
      samples: '500',
    });
    expect(dead.savedBytes).toBe(detail!.channels!.dead * 800 * 4);
    const widest = await engine.call('layers', {
      model,
      query: { ...query, sortBy: 'activationMax', descending: true },
      start: 0,
      end: 1,
    });
    expect(widest.rows[0]!.card.name).toBe('/fc2/Gemm');

    const again: Progress[] = [];
    expect(await engine.call('measureActivations', request, { onEvent: (event) => again.push(event) })).toEqual(card);
    expect(again).toEqual([]);
    await engine.kill();

    const next = await startEngine(state);
    const reopened = await next.call('open', { path });
    expect(await next.call('activations', { model: reopened.model })).toEqual(card);
    await utimes(data, new Date(), new Date());
    await next.call(
      'measureActivations',
      { ...request, budgetBytes: undefined },
      { onEvent: (event) => again.push(event) },
    );
    expect(again.length).toBeGreaterThan(0);
  });

  it('says what is wrong with the data, and kills the runner when it is cancelled', async () => {
    const engine = await startEngine();
    const model = samplePath('lenet-5.onnx');
    await expect(engine.call('measureActivations', { model, data: 'nowhere.npz' })).rejects.toMatchObject({
      code: 'data.not-found',
    });
    const cancel = new AbortController();
    const request = { model: fixturePath('vit-digits.onnx'), data: samplePath('digits-test.npz') };
    const answer = engine.call('measureActivations', request, {
      signal: cancel.signal,
      onEvent: () => cancel.abort(),
    });
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect((await engine.call('processes', undefined)).runners).toEqual([]);
  });
});

describe('calibration', () => {
  it('takes the ranges that were measured before, and makes the same model with them', async () => {
    const engine = await startEngine();
    const { request } = await compression(samplePath('lenet-5.onnx'), null);
    const noteOf = (report: { notes: readonly { id: string }[] }) =>
      report.notes.find(({ id }) => id === 'recipe.ranges-known');
    const first = await engine.call('compress', request);
    expect(noteOf(first)).toBeUndefined();
    const again = await engine.call('compress', request);
    expect(noteOf(again)).toMatchObject({ params: { count: expect.any(Number) } });
    expect(again.after.compressedBytes).toBe(first.after.compressedBytes);
    const perChannel = await engine.call('compress', { ...request, options: { ...request.options, perChannel: true } });
    expect(noteOf(perChannel)).toBeDefined();
  });

  it('takes ranges from what inspection measured on the same data, to the bit', async () => {
    const { request } = await compression(samplePath('lenet-5.onnx'), null);
    const engine = await startEngine();
    await engine.call('measureActivations', { model: request.input, data: request.data! });
    const known = await engine.call('compress', { ...request, output: `${request.output}.known.onnx` });
    expect(known.notes.find(({ id }) => id === 'recipe.ranges-known')).toBeDefined();
    const fresh = await (await startEngine()).call('compress', request);
    expect(fresh.notes.find(({ id }) => id === 'recipe.ranges-known')).toBeUndefined();
    expect(await hashOf(known.output)).toBe(await hashOf(fresh.output));
  });
});
