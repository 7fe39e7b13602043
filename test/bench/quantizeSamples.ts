/** The sample models with default settings and with presets: size, accuracy on the 2,000 test digits, agreement, latency. */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatTable } from '../../src/cli/table.js';
import { formatBytes, formatDecibels, formatPercent, formatRatio } from '../../src/messages/units.js';
import { compressModel } from '../../src/recipe/pipeline.js';
import type { CompressReport } from '../../src/recipe/report.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { root } from '../rig/folders.js';

const sample = (name: string) => join(root, 'media', 'sample', name);
const fixture = (name: string) => join(root, 'test', 'fixtures', name);

const models = [
  sample('lenet-5.onnx'),
  ...[
    'lenet-300-100',
    'resnet-digits',
    'mobilenet-digits',
    'mobilenet-digits-bn',
    'mobilenet-digits-unbalanced',
    'vit-digits',
  ].map((name) => fixture(`${name}.onnx`)),
];

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
];

export async function quantizeSamples(): Promise<void> {
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  const folder = join(root, 'out', 'bench');
  mkdirSync(folder, { recursive: true });
  const rows: string[][] = [];
  try {
    for (const preset of ['static', 'dynamic', 'safest', 'tensorrt', 'smallest', 'float16']) {
      const isScheme = preset === 'static' || preset === 'dynamic';
      for (const input of models) {
        const report = await compressModel(
          {
            input,
            output: join(folder, `${basename(input, '.onnx')}.${preset}.onnx`),
            method: 'quantize',
            ...(isScheme ? { options: { scheme: preset } } : { preset, options: {} }),
            data: preset === 'dynamic' ? null : sample('digits-calibration.npz'),
            test: sample('digits-test.npz'),
            maxDrop: null,
          },
          { runtime },
        );
        rows.push(row(preset, report));
      }
    }
  } finally {
    await runtime.close();
  }
  console.log('Schemes with default settings, and presets, measured on the 2,000 test digits:');
  console.log(
    formatTable(
      columns.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' })),
      rows,
    ),
  );
}

function row(
  scheme: string,
  { input, before, after, accuracyChange, agreement, latencyRatio }: CompressReport,
): string[] {
  const points = (value: number) => `${value > 0 ? '+' : ''}${(value * 100).toFixed(2)}`;
  return [
    basename(input, '.onnx'),
    scheme,
    formatBytes(before.bytes),
    formatBytes(after.bytes),
    formatRatio(before.bytes, after.bytes),
    formatPercent(before.accuracy!),
    formatPercent(after.accuracy!),
    String(accuracyChange!.wonSamples),
    String(accuracyChange!.lostSamples),
    accuracyChange!.interval.map(points).join(' … '),
    formatDecibels(agreement!.sqnrDb),
    `${latencyRatio!.median.toFixed(2)}x`,
  ];
}
