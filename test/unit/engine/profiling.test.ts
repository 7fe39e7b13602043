import { describe, expect, it } from 'vitest';
import type { LayerQuery } from '../../../src/protocol/engineService.js';
import type { ProfileCard } from '../../../src/protocol/profileCalls.js';
import { ocrPath, samplePath } from '../models.js';
import { startEngine } from './engineProcess.js';

const all: LayerQuery = { search: '', sortBy: 'order', descending: false, weightsOnly: false };
const lenet = samplePath('lenet-5.onnx');

describe('profiling in the engine', () => {
  it('puts times into the rows of the open model, and keeps them with its content', async () => {
    const engine = await startEngine();
    const { model } = await engine.call('open', { path: lenet });
    const rows = async (query: Partial<LayerQuery> = {}) =>
      (await engine.call('layers', { model, query: { ...all, ...query }, start: 0, end: 20 })).rows;
    expect(await engine.call('profileCard', { model })).toBeNull();
    expect((await rows()).every(({ time }) => time === undefined)).toBe(true);

    const stages: string[] = [];
    const card = await engine.call(
      'profile',
      { model: lenet, data: null },
      { onEvent: ({ stage }) => stages.push(stage.id) },
    );
    expect(stages).toContain('evaluate.stage.profile');
    expect(card).toMatchObject({
      data: null,
      threads: 1,
      macs: 2_293_000,
      inputs: [{ name: 'image', shape: [1, 1, 28, 28] }],
    });
    expect(card.warnings.map(({ id }) => id)).toEqual(['evaluate.profile.random']);
    const own = card.byOperator.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    expect(own + card.elsewhereMs).toBeCloseTo(card.kernelsMs, 9);

    const times = Object.fromEntries((await rows()).map((row) => [row.card.name, row.time]));
    expect(times['/Relu']).toEqual({ milliseconds: 0, kernel: 'fused', into: '/conv1/Conv' });
    expect(times['/conv2/Conv']).toMatchObject({ kernel: 'own', into: null });
    const [slowest, ...rest] = await rows({ sortBy: 'time', descending: true });
    for (const { time } of rest)
      if (time!.kernel === 'own') expect(time!.milliseconds).toBeLessThanOrEqual(slowest!.time!.milliseconds);
    expect(rest.at(-1)!.time!.kernel).toBe('fused');

    await engine.call('close', { model });
    const again = await engine.call('open', { path: lenet });
    expect(await engine.call('profileCard', { model: again.model })).toEqual(card);
    expect(await engine.call('processes', undefined)).toEqual({ engine: engine.child.pid, runners: [] });
  });

  it('shows what the sizes that were run cost where the model leaves them open', async () => {
    const engine = await startEngine();
    const path = ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx');
    const opened = await engine.call('open', { path });
    const convolutions = { ...all, search: 'p2o.Conv' } as const;
    const first = async () =>
      (await engine.call('layers', { model: opened.model, query: convolutions, start: 0, end: 1 })).rows[0]!.card;
    expect(opened.card.cost.energy).toBeNull();
    expect(await first()).toMatchObject({ macs: null, cost: { energy: null } });
    const card: ProfileCard = await engine.call('profile', { model: path, data: null, threads: 1 });
    expect(card.inputs).toEqual([{ name: 'x', shape: [1, 3, 256, 256] }]);
    expect(card.macs).toBeGreaterThan(1e6);
    expect(card.cost.peakActivationBytes).toBeGreaterThan(0);
    const row = await first();
    expect(row.macs).toBeGreaterThan(0);
    expect(row.cost.energy!.computePj).toBeCloseTo(row.macs! * 4.6, 0);
  });

  it('ends its runner when it is cancelled', async () => {
    const engine = await startEngine();
    const cancel = new AbortController();
    const profiled = engine.call(
      'profile',
      { model: ocrPath('ch_PP-OCRv4_det_infer.onnx'), data: null },
      { signal: cancel.signal, onEvent: () => cancel.abort() },
    );
    await expect(profiled).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(async () => (await engine.call('processes', undefined)).runners).toEqual([]);
  });
});
