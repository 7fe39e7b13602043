/**
 * Writes down what the engine answers about the sample model and about its 8-bit form, for the tests of the pages alone:
 * `npm run build && npx tsx test/ui/standalone/record.ts`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Engine } from '../../../src/engine/engine.js';
import type { LayerPair } from '../../../src/evaluate/comparison.js';
import type { ErrorsCard } from '../../../src/protocol/errorCalls.js';
import type { EngineService, LayerRow, WeightSummary } from '../../../src/protocol/engineService.js';
import { packNumbers } from '../../../src/protocol/packNumbers.js';
import type { HandlerContext } from '../../../src/protocol/rpc.js';
import type { RecordedPair, Recording } from './recording.js';

const root = resolve(__dirname, '../../..');
const sample = join(root, 'media/sample');
const input = join(sample, 'lenet-5.onnx');
const query = { search: '', sortBy: 'order', descending: false, weightsOnly: false } as const;
const context = <E>(emit: (event: E) => void = () => {}): HandlerContext<E> => ({
  signal: new AbortController().signal,
  emit,
});

async function record(engine: Engine, path: string, original: string | null): Promise<Recording> {
  const { service } = engine;
  const opened = await service.open({ path }, context());
  const { model } = opened;
  const summaries = new Map<number, WeightSummary>();
  await service.statistics(
    { model, first: [] },
    context(({ rows }) => rows.forEach(({ index, summary }) => summaries.set(index, summary))),
  );
  const profile = original === null ? await service.profile({ model: path, data: null }, context()) : null;
  const rows: LayerRow[] = [];
  while (rows.length < opened.layerCount) {
    rows.push(...(await service.layers({ model, query, start: rows.length, end: rows.length + 64 }, context())).rows);
  }
  const details: Recording['details'][number][] = [];
  for (const { index, card } of rows) {
    for (const { name } of card.weights) {
      const detail = await service.weight({ model, layer: index, weight: name }, context());
      const { histogram, channels } = detail;
      details.push({
        ...detail,
        histogram: { ...histogram, counts: Array.from(histogram.counts) },
        channels: channels && { ...channels, min: Array.from(channels.min), max: Array.from(channels.max) },
      });
    }
  }
  return {
    opened: { ...opened, path: shown(path) },
    layers: rows.map(({ index, card, share, time }) => ({ card, share, summary: summaries.get(index) ?? null, time })),
    profile,
    details,
    findings: await service.findings({ model }, context()),
    report: original === null ? null : shownReport(await service.report({ path }, context())),
    comparison: original === null ? null : await comparison(service, original, path),
  };
}

type Service = Engine['service'];

async function comparison(service: Service, a: string, b: string): Promise<Recording['comparison']> {
  const data = join(sample, 'digits-test.npz');
  const errors = await service.measureErrors({ a, b, data }, context());
  const card = await service.compare({ a, b }, context());
  const query = { search: '', sortBy: 'order', descending: false, changedOnly: false } as const;
  const { rows } = await service.comparedLayers({ a, b, query, start: 0, end: card.layerCount }, context());
  const weights: RecordedPair[] = [];
  for (const { index } of rows) {
    const pair = await service.comparedWeights({ a, b, index }, context());
    const recorded = (weight: typeof pair.a) => weight && { ...weight, counts: Array.from(weight.counts) };
    weights.push({ ...pair, a: recorded(pair.a), b: recorded(pair.b) });
  }
  // Infinite ratios are no JSON.
  const pairs = packNumbers(rows.map(({ pair }) => pair)) as LayerPair[];
  return { card, pairs, weights, errors: packNumbers({ ...errors, data: shown(data) }) as ErrorsCard };
}

/** Paths of this machine are nobody's business. */
function shown(path: string): string {
  return `/models/${basename(path)}`;
}

function shownReport(report: EngineService['report']['result']): Recording['report'] {
  return report && { ...report, input: shown(report.input), output: shown(report.output) };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-record-'));
  const engine = new Engine({ stateFolder: join(folder, 'state'), bundleFolder: join(root, 'dist') });
  const output = join(folder, 'lenet-5-int8.onnx');
  try {
    await engine.service.compress(
      {
        input,
        output,
        method: 'quantize',
        options: {},
        data: join(sample, 'digits-calibration.npz'),
        test: join(sample, 'digits-test.npz'),
        maxDrop: null,
      },
      context(),
    );
    await write('lenet-5.json', await record(engine, input, null));
    await write('lenet-5-int8.json', await record(engine, output, input));
  } finally {
    await engine.close();
    await rm(folder, { recursive: true });
  }
}

async function write(name: string, recording: Recording): Promise<void> {
  await writeFile(join(root, 'test/fixtures/pages', name), `${JSON.stringify(recording)}\n`);
}

void main();
