/**
 * Static quantization of MobileNetV2 beside Python's quantize_static: whole processes, one after the other in turn, on the
 * same model and as many samples. Python is named by TARE_PYTHON; without it only Tare is measured.
 */
import { existsSync, mkdirSync, openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { formatTable } from '../../../src/cli/table.js';
import { formatBytes, formatSeconds } from '../../../src/messages/units.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import { seededRandom } from '../../fixtures/random.js';
import { root } from '../../rig/folders.js';
import { median } from '../processFigures.js';
import { mobilenetV2, side } from './mobilenetV2.js';
import type { TreeFigures } from './processTree.js';
import { measureTree } from './processTree.js';

const folder = join(root, 'out', 'bench', 'calibration');
const model = join(folder, 'mobilenet-v2.onnx');
const rounds = 3;

export async function calibration(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(model)) await writeModel(mobilenetV2(), model);
  const python = process.env.TARE_PYTHON;
  console.log('static quantization of MobileNetV2, 3.5 M parameters, 224 x 224, per channel: whole processes');
  if (!python) console.log('  TARE_PYTHON names no Python with onnxruntime: only Tare is measured');
  await compare('min-max, 128 samples', 'minmax', 128, python);
  await compare('percentile, 64 samples', 'percentile', 64, python);
  await growth();
}

async function compare(title: string, method: string, samples: number, python: string | undefined): Promise<void> {
  const tools: [string, () => Promise<TreeFigures>][] = [
    ['Tare', () => tare(method, samples, ['--no-measure'])],
    ['Tare, with measuring', () => tare(method, samples, [])],
  ];
  if (python) tools.unshift(['Python', () => quantizeStatic(python, method, samples)]);
  const measured = tools.map((): TreeFigures[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, [, run]] of tools.entries()) measured[i]!.push(await run());
  const rows = tools.map(([name], i) => {
    const runs = measured[i]!;
    const typical = (of: (figures: TreeFigures) => number) => median(runs.map(of));
    const ratio = (of: (figures: TreeFigures) => number) =>
      python && i > 0 ? `${median(runs.map((run, round) => of(measured[0]![round]!) / of(run))).toFixed(2)}x` : '';
    return [
      name,
      formatSeconds(typical(({ seconds }) => seconds)),
      ratio(({ seconds }) => seconds),
      formatSeconds(typical(({ processorSeconds }) => processorSeconds)),
      ratio(({ processorSeconds }) => processorSeconds),
      formatBytes(typical(({ peakBytes }) => peakBytes)),
      ratio(({ peakBytes }) => peakBytes),
    ];
  });
  console.log(`${title}, median of ${rounds} rounds in turn`);
  const right = ['time', 'faster', 'processor', 'less', 'peak memory', 'less'];
  console.log(
    formatTable([{ title: '' }, ...right.map((column) => ({ title: column, align: 'right' as const }))], rows),
  );
}

async function growth(): Promise<void> {
  console.log('percentile: peak memory of Tare by samples');
  for (const samples of [64, 256]) {
    const runs = [];
    for (let round = 0; round < rounds; round++) runs.push(await tare('percentile', samples, ['--no-measure']));
    console.log(`  ${samples}: ${formatBytes(median(runs.map(({ peakBytes }) => peakBytes)))}`);
  }
}

function tare(method: string, samples: number, flags: readonly string[]): Promise<TreeFigures> {
  const words = ['compress', model, '-o', join(folder, 'tare.onnx'), '--set', `calibration=${method}`];
  // 60 % of the samples are for fitting.
  const data = images(Math.round(samples / 0.6));
  return measureTree(process.execPath, [join(root, 'dist', 'cli.js'), ...words, '--data', data, ...flags]);
}

function quantizeStatic(python: string, method: string, samples: number): Promise<TreeFigures> {
  const script = join(root, 'test', 'bench', 'calibration', 'quantize_static.py');
  return measureTree(python, [script, model, images(samples), String(samples), method, join(folder, 'python.onnx')]);
}

/** Random images, as .npy. */
function images(count: number): string {
  const path = join(folder, `images-${count}.npy`);
  if (existsSync(path)) return path;
  const file = openSync(path, 'w');
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, 3, ${side}, ${side}), }`;
  const header = Buffer.alloc(128, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(118, 8);
  header.write(fields, 10, 'latin1');
  header.write('\n', 127);
  writeSync(file, header);
  const random = seededRandom(7);
  for (let image = 0; image < count; image++) {
    writeSync(
      file,
      Float32Array.from({ length: 3 * side * side }, () => 4 * random() - 2),
    );
  }
  closeSync(file);
  return path;
}
