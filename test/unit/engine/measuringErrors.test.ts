import { copyFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ComparedQuery } from '../../../src/protocol/engineService.js';
import type { Progress } from '../../../src/recipe/report.js';
import { fixturePath, samplePath } from '../models.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const all: ComparedQuery = { search: '', sortBy: 'order', descending: false, changedOnly: false };
const a = fixturePath('lenet-300-100.onnx');
const b = fixturePath('evaluate/lenet-300-100-dynamic.onnx');
const data = samplePath('digits-calibration.npz');

it('measures where the error arises, shows it in rows, plot and graph, and keeps it over a restart', async () => {
  const state = await temporaryFolder();
  const engine = await startEngine(state);
  expect(await engine.call('errors', { a, b })).toBeNull();
  const { model } = await engine.call('open', { path: b });
  const metric = { model, expanded: [], metric: 'error' } as const;
  expect((await engine.call('diagramMetric', metric)).state).toBe('missing');

  const progress: Progress[] = [];
  const card = await engine.call('measureErrors', { a, b, data }, { onEvent: (event) => progress.push(event) });
  expect(card).toMatchObject({ samples: 500, measured: 6, passes: 1, worstLayer: '/fc2/Gemm_MatMul_quant' });
  expect(progress.length).toBeGreaterThan(0);
  expect(await engine.call('processes', undefined)).toMatchObject({ runners: [] });

  const points = await engine.call('errorPoints', { a, b, start: 0 });
  expect(points).toMatchObject({ total: 6, names: expect.arrayContaining([card.worstLayer]) as string[] });
  expect(points.local).toBeInstanceOf(Float64Array);
  const at = points.names.indexOf(card.worstLayer!);
  expect(points.local[at]).toBe(Math.min(...points.local));
  const place = await engine.call('comparedPlace', { a, b, query: all, of: { index: points.index[at]! } });
  expect(place!.row.pair).toMatchObject({ b: card.worstLayer, activations: { localSqnrDb: points.local[at] } });
  expect(await engine.call('comparedPlace', { a, b, query: all, of: { layer: card.worstLayer! } })).toEqual(place);
  const search = { ...all, search: 'nothing of the kind' };
  expect(await engine.call('comparedPlace', { a, b, query: search, of: { layer: card.worstLayer! } })).toBeNull();

  const byError: ComparedQuery = { ...all, sortBy: 'local', descending: true };
  const { rows } = await engine.call('comparedLayers', { a, b, query: byError, start: 0, end: 1 });
  expect(rows[0]!.pair.b).toBe(card.worstLayer);

  const coloured = await engine.call('diagramMetric', metric);
  expect(coloured.state).toBe('known');
  expect(coloured.least).toBe(points.local[at]);

  await engine.kill();
  const again = await startEngine(state);
  expect(await again.call('errors', { a, b })).toEqual(card);
  expect(await again.call('errorPoints', { a, b, start: 0 })).toEqual(points);
  const reopened = await again.call('open', { path: b });
  expect(await again.call('diagramMetric', { ...metric, model: reopened.model })).toEqual(coloured);
  // The same data is not measured again: seconds are those of the first time.
  expect(await again.call('measureErrors', { a, b, data })).toEqual(card);
});

it('does not take the errors of other contents or other data for those of these', async () => {
  const engine = await startEngine();
  const folder = await temporaryFolder();
  const [copy, otherData] = [join(folder, 'b.onnx'), join(folder, 'digits.npz')];
  await copyFile(b, copy);
  await copyFile(data, otherData);
  const first = await engine.call('measureErrors', { a, b: copy, data: otherData });
  await utimes(otherData, 1, 1);
  const second = await engine.call('measureErrors', { a, b: copy, data: otherData });
  expect(second.seconds).not.toBe(first.seconds);
  await copyFile(a, copy);
  expect(await engine.call('errors', { a, b: copy })).toBeNull();
});

it('is cancelled at once, and leaves no runner and nothing measured', async () => {
  const engine = await startEngine();
  const controller = new AbortController();
  const running = engine.call(
    'measureErrors',
    { a, b, data },
    { signal: controller.signal, onEvent: () => controller.abort() },
  );
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  await expect.poll(async () => (await engine.call('processes', undefined)).runners).toEqual([]);
  expect(await engine.call('errors', { a, b })).toBeNull();
});
