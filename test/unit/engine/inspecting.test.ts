import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LayerQuery } from '../../../src/protocol/engineService.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';
import { measureAll, startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const all: LayerQuery = { search: '', sortBy: 'order', descending: false, weightsOnly: false };
const lenet = samplePath('lenet-5.onnx');

describe('an engine that inspects', () => {
  it('opens a model, lists its layers, measures them, shows a weight, and closes it', async () => {
    const engine = await startEngine();
    const opened = await engine.call('open', { path: lenet });
    expect(opened.card.parameters).toBe(431_080);
    expect(opened.card.bytes).toBe((await readFile(lenet)).byteLength);
    const { model } = opened;

    const before = await engine.call('layers', { model, query: { ...all, weightsOnly: true }, start: 0, end: 50 });
    expect(before.rows.map(({ card }) => card.op)).toEqual(['Conv', 'Conv', 'Gemm', 'Gemm']);
    expect(before.rows.every(({ summary }) => summary === undefined)).toBe(true);
    expect(before.rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);

    const { events, rows } = await measureAll(engine, model);
    expect(events.at(-1)!.fraction).toBe(1);
    const largest = await engine.call('layers', {
      model,
      query: { ...all, sortBy: 'bytes', descending: true },
      start: 0,
      end: 1,
    });
    const { index, card, summary } = largest.rows[0]!;
    expect(summary).toEqual(rows.get(index));
    expect(summary!.histogram).toHaveLength(24);

    const [weight] = card.weights;
    const detail = await engine.call('weight', { model, layer: index, weight: weight!.name });
    expect(detail.statistics).toMatchObject({ count: 500 * 800, min: summary!.min, max: summary!.max });
    expect(detail.histogram.counts).toBeInstanceOf(Float64Array);
    expect(detail.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(500 * 800);
    expect(detail.channels!.min).toBeInstanceOf(Float32Array);
    expect(detail.channels!.count).toBe(500);
    expect(Math.min(...detail.channels!.min)).toBe(Math.fround(summary!.min));

    await engine.call('close', { model });
    await expect(engine.call('layers', { model, query: all, start: 0, end: 1 })).rejects.toMatchObject({
      code: 'engine.no-model',
    });
    expect(await engine.call('diagnostics', undefined)).toContain('layers: engine.no-model');
  });

  it('opens a file once for two editors, and keeps it open until both have closed it', async () => {
    const engine = await startEngine();
    const [a, b] = await Promise.all([engine.call('open', { path: lenet }), engine.call('open', { path: lenet })]);
    expect(a.model).not.toBe(b.model);
    expect(await engine.call('diagnostics', undefined)).toContain(`open ${lenet} (2)`);
    const [one, other] = await Promise.all([measureAll(engine, a.model), measureAll(engine, b.model)]);
    expect(one.rows).toEqual(other.rows);

    await engine.call('close', { model: a.model });
    await engine.call('close', { model: a.model });
    expect(await engine.call('diagnostics', undefined)).toContain(`open ${lenet} (1)`);
    expect((await measureAll(engine, b.model)).rows).toEqual(one.rows);
    await engine.call('close', { model: b.model });
    expect(await engine.call('diagnostics', undefined)).not.toContain('open ');
  });

  it('measures first what is on the screen', async () => {
    const engine = await startEngine();
    const { model } = await engine.call('open', { path: fixturePath('vit-digits.onnx') });
    const { rows } = await engine.call('layers', { model, query: { ...all, weightsOnly: true }, start: 0, end: 256 });
    const measurable = rows.map(({ index }) => index);
    const onScreen = measurable.slice(-3);
    const { rows: measured } = await measureAll(engine, model, onScreen);
    expect([...measured.keys()].slice(0, 3)).toEqual(onScreen);
    expect([...measured.keys()].sort((x, y) => x - y)).toEqual(measurable);
  });

  it('finds, sorts and pages the table', async () => {
    const engine = await startEngine();
    const { model, layerCount } = await engine.call('open', { path: fixturePath('resnet-digits.onnx') });
    const query: LayerQuery = { ...all, search: 'conv', sortBy: 'parameters', descending: true };
    const whole = await engine.call('layers', { model, query, start: 0, end: layerCount });
    const parameters = whole.rows.map(({ card }) => card.parameters);
    expect(parameters).toEqual([...parameters].sort((x, y) => y - x));
    const page = await engine.call('layers', { model, query, start: 2, end: 5 });
    expect(page).toEqual({ rows: whole.rows.slice(2, 5), total: whole.total });
    expect((await engine.call('layers', { model, query, start: whole.total, end: whole.total + 9 })).rows).toEqual([]);
  });

  it('keeps statistics and findings on disk: the next engine has them before it measures', async () => {
    const state = await temporaryFolder();
    const first = await startEngine(state);
    const opened = await first.call('open', { path: lenet });
    const measured = await measureAll(first, opened.model);
    const findings = await first.call('findings', { model: opened.model });
    await first.kill();

    const second = await startEngine(state);
    const again = await second.call('open', { path: lenet });
    expect(again.contentKey).toBe(opened.contentKey);
    const { rows } = await second.call('layers', { model: again.model, query: all, start: 0, end: 256 });
    const summaries = rows.flatMap(({ index, summary }) => (summary ? [[index, summary] as const] : []));
    expect(new Map(summaries)).toEqual(measured.rows);
    expect(await second.call('findings', { model: again.model })).toEqual(findings);
  });

  it('remembers what pages write, over the death of the engine', async () => {
    const folder = await temporaryFolder();
    const first = await startEngine(folder);
    expect(await first.call('readState', { contentKey: 'abc' })).toBeNull();
    await first.call('writeState', { contentKey: 'abc', state: { page: 'layers', clip: [-1, null] } });
    await first.kill();
    const second = await startEngine(folder);
    expect(await second.call('readState', { contentKey: 'abc' })).toEqual({ page: 'layers', clip: [-1, null] });
  });

  it('lists and measures models whose weights lie in Constant nodes and in subgraphs', async () => {
    const engine = await startEngine();
    for (const path of [ocrPath('ch_PP-OCRv4_det_infer.onnx'), vadPath('silero_vad_v5.onnx')]) {
      const { model, card, warnings } = await engine.call('open', { path });
      expect(warnings).toEqual([]);
      expect(card.parameters).toBeGreaterThan(100_000);
      const { rows } = await measureAll(engine, model);
      const table = await engine.call('layers', { model, query: { ...all, weightsOnly: true }, start: 0, end: 256 });
      for (const row of table.rows) expect(rows.has(row.index)).toBe(true);
      for (const { min, max, histogram } of rows.values()) {
        expect(min).toBeLessThanOrEqual(max);
        expect(histogram.length).toBe(24);
      }
      await engine.call('close', { model });
    }
  });
});

describe('an engine whose file changes', () => {
  it('tells of it, refuses the old weights, and opens the new file', async () => {
    const path = join(await temporaryFolder(), 'model.onnx');
    await copyFile(lenet, path);
    const engine = await startEngine();
    const old = await engine.call('open', { path });
    await copyFile(fixturePath('resnet-digits.onnx'), path);
    expect((await engine.notices.next()).value).toEqual({ kind: 'file-changed', path });
    await expect(measureAll(engine, old.model)).rejects.toMatchObject({ code: 'onnx.file-changed' });

    const fresh = await engine.call('open', { path });
    expect(fresh.contentKey).not.toBe(old.contentKey);
    expect((await measureAll(engine, fresh.model)).rows.size).toBeGreaterThan(4);
    await engine.call('close', { model: old.model });
    await measureAll(engine, fresh.model);
  });

  it('opens what is there now, even before the change is noticed', async () => {
    const path = join(await temporaryFolder(), 'model.onnx');
    await copyFile(lenet, path);
    const engine = await startEngine();
    await engine.call('open', { path });
    await copyFile(fixturePath('resnet-digits.onnx'), path);
    const { card } = await engine.call('open', { path });
    expect(card.parameters).not.toBe(431_080);
  });

  it('tells of a file that was removed', async () => {
    const path = join(await temporaryFolder(), 'model.onnx');
    await copyFile(lenet, path);
    const engine = await startEngine();
    await engine.call('open', { path });
    await rm(path);
    expect((await engine.notices.next()).value).toEqual({ kind: 'file-changed', path });
    await expect(engine.call('open', { path })).rejects.toMatchObject({ code: 'onnx.not-found' });
  });
});

describe('an engine that meets bad files', () => {
  it('says what is wrong with each, and goes on', async () => {
    const engine = await startEngine();
    const folder = await temporaryFolder();
    const truncated = join(folder, 'truncated.onnx');
    await copyFile(lenet, truncated);
    await truncate(truncated, 100_000);
    const pointer = join(folder, 'pointer.onnx');
    await writeFile(pointer, 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1234567\n');
    const empty = join(folder, 'empty.onnx');
    await writeFile(empty, '');
    for (const path of [truncated, pointer, empty, folder, join(folder, 'none.onnx')]) {
      const failure = await engine.call('open', { path }).then(
        () => undefined,
        (error: { code: string; message: string; mend: string }) => error,
      );
      expect(failure?.code).toMatch(/^onnx\./);
      expect(failure?.message).not.toMatch(/undefined|\{\w+\}/);
      expect(failure?.mend).not.toBe('');
    }
    expect((await engine.call('open', { path: lenet })).card.parameters).toBe(431_080);
  });
});

describe('an engine that ends', () => {
  it('fails the calls that are open when it is killed in the middle of measuring, saying how it ended', async () => {
    const engine = await startEngine();
    const { model } = await engine.call('open', { path: ocrPath('ch_PP-OCRv4_rec_infer.onnx') });
    const measuring = engine.call('statistics', { model, first: [] }, { onEvent: () => engine.child.kill('SIGKILL') });
    await expect(measuring).rejects.toMatchObject({ code: 'engine.died', params: { detail: 'SIGKILL' } });
    await expect(engine.call('methods', undefined)).rejects.toMatchObject({ code: 'engine.died' });
  });

  it('ends by itself when its parent is gone', async () => {
    const engine = await startEngine();
    await engine.call('open', { path: lenet });
    engine.child.disconnect();
    expect(await engine.exited).toEqual([0, null]);
  });
});
