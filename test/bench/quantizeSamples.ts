/** The sample models with default settings and with presets: size, accuracy on the 2,000 test digits, agreement, latency. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatTable } from '../../src/cli/table.js';
import type { Json } from '../../src/compress/method.js';
import { modelInputs } from '../../src/data/modelInput.js';
import { openDataset } from '../../src/data/openDataset.js';
import type { LatencyRatio } from '../../src/evaluate/evaluation.js';
import { measureLatency } from '../../src/evaluate/latency.js';
import { formatBytes, formatDecibels, formatPercent, formatRatio } from '../../src/messages/units.js';
import { openModel } from '../../src/onnx/openModel.js';
import { compressModel } from '../../src/recipe/pipeline.js';
import type { CompressReport } from '../../src/recipe/report.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import type { Runtime } from '../../src/runtime/session.js';
import { root } from '../rig/folders.js';
import { digitsPath, sampleNames, samplePath } from '../report/quantization/sample.js';

type Options = Readonly<Record<string, Json>>;

const folder = join(root, 'out', 'bench');
const schemes = ['static', 'dynamic'];
const presets = ['safest', 'tensorrt', 'smallest', 'float16'];

const columns = [
  'model',
  'scheme or preset',
  'float32',
  'after',
  'ratio',
  'accuracy',
  'after',
  'won',
  'lost',
  '95 % interval',
  'SQNR',
  'latency',
  '10 to 90 %',
  'advice',
  'again',
  'follows',
];
const words = new Set(['model', 'scheme or preset', 'advice', 'follows']);

export async function quantizeSamples(): Promise<void> {
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  mkdirSync(folder, { recursive: true });
  const rows: string[][] = [];
  let following = 0;
  try {
    for (const way of [...schemes, ...presets]) {
      for (const name of sampleNames) {
        const report = await compress(name, way, runtime);
        const again = await latencyOf(name, report.output, runtime);
        const advised = await adviceOf(report, again, runtime);
        if (advised.follows) following++;
        rows.push([...row(way, report), advised.text, `${again.median.toFixed(2)}x`, advised.follows ? 'yes' : 'no']);
      }
    }
  } finally {
    await runtime.close();
  }
  console.log('Schemes with default settings, and presets, measured on the 2,000 test digits:');
  console.log(
    formatTable(
      columns.map((title) => ({ title, align: words.has(title) ? 'left' : 'right' })),
      rows,
      undefined,
    ),
  );
  console.log(`the advice on latency follows a second measurement in ${following} of ${rows.length}`);
}

async function compress(name: string, way: string, runtime: Runtime): Promise<CompressReport> {
  const asked: { preset?: string; options: Options } = schemes.includes(way)
    ? { options: { scheme: way } }
    : { preset: way, options: {} };
  return compressModel(
    {
      input: samplePath(name),
      output: join(folder, `${name}.${way}.onnx`),
      method: 'quantize',
      ...asked,
      data: way === 'dynamic' ? null : digitsPath('calibration'),
      test: digitsPath('test'),
      maxDrop: null,
    },
    { runtime },
  );
}

/** On one digit, against the original, once more. */
async function latencyOf(name: string, output: string, runtime: Runtime): Promise<LatencyRatio> {
  const { model, close } = await openModel(samplePath(name));
  const { feeds } = await (await openDataset(digitsPath('test'), modelInputs(model))).read([0]);
  await close();
  const sources = [samplePath(name), output].map((path) => ({ source: { kind: 'file', path } as const }));
  const { ratios } = await measureLatency(runtime, sources, feeds, { seconds: 1 });
  return ratios[0]!;
}

/** Options that each remedy of the report names. */
const remedies: Readonly<Record<string, Options>> = {
  'try-static': { scheme: 'static' },
  'try-weights': { scheme: 'float16', halfWeightsOnly: true },
  'try-types': { activationType: 'uint8', weightType: 'int8' },
};

/**
 * What the report says of latency, and whether that is so when measured again: the side of 1, and that a remedy which it
 * names is faster.
 */
async function adviceOf(
  { input, notes, latencyRatio }: CompressReport,
  again: LatencyRatio,
  runtime: Runtime,
): Promise<{ text: string; follows: boolean }> {
  const said = notes.filter(({ id }) => id.startsWith('recipe.latency.')).map(({ id }) => id.split('.').at(-1)!);
  const [verdict = ''] = said;
  const holds: Readonly<Record<string, boolean>> = {
    faster: again.median < 1,
    slower: again.median > 1,
    equal: again.p10 <= latencyRatio!.p90 && again.p90 >= latencyRatio!.p10,
  };
  const remedy = said.find((each) => each in remedies);
  if (!remedy) return { text: verdict, follows: holds[verdict] ?? false };
  const name = basename(input, '.onnx');
  const { output } = await compressModel(
    {
      input,
      output: join(folder, `${name}.${remedy}.onnx`),
      method: 'quantize',
      options: remedies[remedy]!,
      data: digitsPath('calibration'),
      test: null,
      maxDrop: null,
      measure: false,
    },
    { runtime },
  );
  const { median } = await latencyOf(name, output, runtime);
  return {
    text: `${verdict}, ${remedy} (${median.toFixed(2)}x)`,
    follows: (holds[verdict] ?? false) && median < again.median,
  };
}

function row(way: string, { input, before, after, accuracyChange, agreement, latencyRatio }: CompressReport): string[] {
  const points = (value: number) => `${value > 0 ? '+' : ''}${(value * 100).toFixed(2)}`;
  const { median, p10, p90 } = latencyRatio!;
  return [
    basename(input, '.onnx'),
    way,
    formatBytes(before.bytes),
    formatBytes(after.bytes),
    formatRatio(before.bytes, after.bytes),
    formatPercent(before.accuracy!),
    formatPercent(after.accuracy!),
    String(accuracyChange!.wonSamples),
    String(accuracyChange!.lostSamples),
    accuracyChange!.interval.map(points).join(' … '),
    formatDecibels(agreement!.sqnrDb),
    `${median.toFixed(2)}x`,
    `${p10.toFixed(2)} … ${p90.toFixed(2)}`,
  ];
}
