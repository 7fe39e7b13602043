import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MeasuredWeights } from '../../../src/engine/measuredWeights.js';
import { StateFolder } from '../../../src/engine/stateFolder.js';
import { layersOf } from '../../../src/graph/layers.js';
import { StatisticsPool } from '../../../src/inspect/statisticsPool.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { writeLargeModel } from '../../fixtures/largeModel.js';
import { bundleFolder } from '../bundles.js';
import { temporaryFolder } from './temporaryFolder.js';

function startPool(worker = join(bundleFolder, 'statisticsWorker.js')): StatisticsPool {
  const pool = new StatisticsPool({ workerPath: worker, threads: 2 });
  onTestFinished(() => pool.close());
  return pool;
}

/** A weight of 4 MiB in a file, and where figures are kept. */
async function started() {
  const folder = await temporaryFolder();
  const path = join(folder, 'large.onnx');
  await writeLargeModel(path, { bytes: 4 << 20, width: 1024 });
  const opened = await openModel(path);
  onTestFinished(() => opened.close());
  const layer = layersOf(opened.model)[0]!;
  const weight = layer.weights.find(({ elements }) => elements === 1 << 20)!;
  return { state: new StateFolder(join(folder, 'state')), layer, weight };
}

const never = new AbortController().signal;

it('keeps the figures of a large weight: the next time nothing is measured', async () => {
  const { state, layer, weight } = await started();
  const first = new MeasuredWeights('content', startPool(), state, never);
  const measured = await first.figures(layer, weight, '0-0', never);
  expect(measured.count).toBe(1 << 20);
  expect(await readdir(join(state.path, 'figures'))).toHaveLength(1);

  const broken = startPool(join(state.path, 'no-worker.js'));
  const next = new MeasuredWeights('content', broken, state, never);
  expect(await next.figures(layer, weight, '0-0', never)).toEqual(measured);
  const changed = new MeasuredWeights('other content', broken, state, never);
  await expect(changed.figures(layer, weight, '0-0', never)).rejects.toMatchObject({ code: 'inspect.worker-failed' });
});

it('measures a weight once for all who ask at the same time, and for those who stay when one leaves', async () => {
  const { state, layer, weight } = await started();
  const measured = new MeasuredWeights('content', startPool(), state, never);
  const leaving = new AbortController();
  const left = measured.figures(layer, weight, '0-0', leaving.signal);
  const stayed = measured.figures(layer, weight, '0-0', never);
  leaving.abort(new Error('scrolled on'));
  await expect(left).rejects.toThrow('scrolled on');
  const figures = await stayed;
  expect(await measured.figures(layer, weight, '0-0', never)).toBe(figures);
});

it('measures again for who comes after all have left', async () => {
  const { state, layer, weight } = await started();
  const measured = new MeasuredWeights('content', startPool(), state, never);
  const leaving = new AbortController();
  const left = measured.figures(layer, weight, '0-0', leaving.signal);
  leaving.abort(new Error('scrolled on'));
  await expect(left).rejects.toThrow('scrolled on');
  expect((await measured.figures(layer, weight, '0-0', never)).count).toBe(1 << 20);
});

it('ends what is under way when the file is closed', async () => {
  const { state, layer, weight } = await started();
  const closing = new AbortController();
  const measured = new MeasuredWeights('content', startPool(), state, closing.signal);
  const measuring = measured.figures(layer, weight, '0-0', never);
  closing.abort(new Error('closed'));
  await expect(measuring).rejects.toThrow('closed');
});
