import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, formatSeconds } from '../../../src/messages/units.js';
import { createClient } from '../../../src/protocol/client.js';
import type { EngineService } from '../../../src/protocol/engineService.js';
import { childPort } from '../../../src/protocol/processPort.js';
import { root, scratchFolder } from '../../rig/folders.js';
import { peakOf } from '../processFigures.js';

/** Opens a model in the product's engine, as an editor does, and again in another that has the same state. */
export async function openTwice(model: string): Promise<void> {
  const state = scratchFolder('statistics');
  try {
    await open('the engine', model, state);
    await open('opened again', model, state);
  } finally {
    await rm(state, { recursive: true });
  }
}

async function open(name: string, path: string, state: string): Promise<void> {
  const child = fork(join(root, 'dist', 'engine.js'), [state], { serialization: 'advanced', execArgv: [] });
  try {
    const { call } = createClient<EngineService>(childPort(child));
    const opened = await call('open', { path });
    const { model } = opened;
    const query = { search: '', sortBy: 'order', descending: false, weightsOnly: true } as const;
    const { rows } = await call('layers', { model, query, start: 0, end: 1 });
    const started = performance.now();
    const since = () => formatSeconds((performance.now() - started) / 1000);
    let first: string | undefined;
    await call('statistics', { model, first: [rows[0]!.index] }, { onEvent: () => (first ??= since()) });
    const measured = since();

    const asked = performance.now();
    const { index, card } = rows[0]!;
    const heaviest = card.weights.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    await call('weight', { model, layer: index, weight: heaviest.name });
    const shown = formatSeconds((performance.now() - asked) / 1000);
    const peak = peakOf(child.pid);
    const findingsFrom = performance.now();
    await call('findings', { model });
    const findings = formatSeconds((performance.now() - findingsFrom) / 1000);
    const whole = peakOf(child.pid);
    const memory = (bytes: number | null) => (bytes === null ? 'unknown' : formatBytes(bytes));
    console.log(
      `${name}: first row ${first}, all rows ${measured}, a weight of ${formatBytes(heaviest.bytes)} ${shown}, ` +
        `${memory(peak)} resident at the peak (bar: 300 MB); findings ${findings}, then ${memory(whole)}`,
    );
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}
