/**
 * Writes down what the engine answers about the activations of the sample model over the calibration digits, for the tests of
 * the pages alone: `npm run build && npx tsx test/ui/standalone/recordActivations.ts`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Engine } from '../../../src/engine/engine.js';
import type { HandlerContext } from '../../../src/protocol/rpc.js';
import type { Recording } from './recording.js';
import { recordedActivations } from './recordedActivations.js';

const root = resolve(__dirname, '../../..');
const path = join(root, 'media/sample/lenet-5.onnx');
const query = { search: '', sortBy: 'order', descending: false, weightsOnly: false } as const;
const context = (): HandlerContext<never> => ({ signal: new AbortController().signal, emit: () => undefined });

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-record-'));
  const engine = new Engine({ stateFolder: folder, bundleFolder: join(root, 'dist') });
  const { service } = engine;
  try {
    const { model, layerCount } = await service.open({ path }, context());
    const data = join(root, 'media/sample/digits-calibration.npz');
    const card = await service.measureActivations({ model: path, data }, context());
    const { rows } = await service.layers({ model, query, start: 0, end: layerCount }, context());
    const details = [];
    for (const { index } of rows) details.push(await service.activation({ model, layer: index }, context()));
    const recording: Recording['activations'] = recordedActivations(
      { ...card, data: `/data/${basename(data)}`, seconds: 1 },
      rows.map(({ activation }) => activation ?? null),
      details,
    );
    await writeFile(join(root, 'test/fixtures/pages/lenet-5-activations.json'), `${JSON.stringify(recording)}\n`);
  } finally {
    await engine.close();
    await rm(folder, { recursive: true });
  }
}

void main();
