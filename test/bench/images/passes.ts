/** The part of the benchmark that runs as a bundle: where photos lie, and how they are read. Prints a table. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { formatTable } from '../../../src/cli/table.js';
import { encodePng } from '../../../src/data/images/decodeImage.js';
import { ImagePool } from '../../../src/data/images/imagePool.js';
import type { ImageReader } from '../../../src/data/images/imageReader.js';
import { planBatches } from '../../../src/data/batches.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { measureQuality } from '../../../src/evaluate/quality.js';
import { formatSeconds } from '../../../src/messages/units.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { mobilenetV2, side } from '../calibration/mobilenetV2.js';

const root = process.cwd();
const folder = join(root, 'out', 'bench', 'images');
const photos = join(folder, 'photos');
const large = join(folder, 'large');
const model = join(folder, 'mobilenet-v2.onnx');
const count = 500;
const input = { name: 'image', elementType: 'float32', shape: ['n', 3, side, side] } as const;

async function main(): Promise<void> {
  await makeFiles();
  console.log(`${count} JPEGs of 500 x 375, resized and cut to 224 x 224`);
  const rows = [];
  for (const lanes of [0, 1, 2]) {
    const pass = await measured(photos, lanes, readAll);
    const fed = await measured(photos, lanes, runAll);
    const one = await measured(large, lanes, readAll);
    rows.push([
      lanes === 0 ? 'this thread' : `${lanes} of its own`,
      ...[pass, fed].flatMap(({ seconds, blocked }) => [formatSeconds(seconds), formatSeconds(blocked)]),
      formatSeconds(one.blocked),
    ]);
  }
  const right = ['read', 'longest block', 'read, MobileNetV2 run', 'longest block', 'of a 6000 x 4000 PNG'];
  console.log(formatTable([{ title: 'threads' }, ...right.map((title) => ({ title, align: 'right' as const }))], rows));
}

async function makeFiles(): Promise<void> {
  for (const each of [photos, large]) mkdirSync(each, { recursive: true });
  if (!existsSync(model)) await writeModel(mobilenetV2(), model);
  for (let i = 0; i < count; i++) {
    const path = join(photos, `${String(i).padStart(3, '0')}.jpg`);
    if (!existsSync(path)) copyFileSync(join(root, 'test', 'bench', 'images', 'photo.jpg'), path);
  }
  const path = join(large, 'large.png');
  if (existsSync(path)) return;
  const [width, height] = [6000, 4000];
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7 + (i >> 9)) & 255);
  writeFileSync(path, encodePng({ width, height, channels: 3, data }));
}

/** Seconds that `act` took, and the longest time for which this thread heard nobody. */
async function measured(
  data: string,
  lanes: number,
  act: (dataset: Dataset) => Promise<void>,
): Promise<{ seconds: number; blocked: number }> {
  const pool = lanes > 0 ? new ImagePool(join(root, 'dist', 'imageWorker.js'), lanes) : undefined;
  try {
    const dataset = await openFor(data, pool);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const started = performance.now();
    await act(dataset);
    const seconds = (performance.now() - started) / 1000;
    await setTimeout(20); // What came last is heard with the next tick.
    delay.disable();
    return { seconds, blocked: delay.max / 1e9 };
  } finally {
    await pool?.close();
  }
}

function openFor(data: string, reader: ImageReader | undefined): Promise<Dataset> {
  return openDataset(data, [input], { preprocess: 'imagenet', images: reader });
}

async function readAll(dataset: Dataset): Promise<void> {
  for (const { samples } of planBatches(dataset, 32)) await dataset.read(samples);
}

async function runAll(dataset: Dataset): Promise<void> {
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  try {
    const session = await runtime.load({ kind: 'file', path: model }, {});
    await measureQuality([{ name: 'MobileNetV2', session }], dataset);
  } finally {
    await runtime.close();
  }
}

void main();
