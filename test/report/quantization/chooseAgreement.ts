// Which `gemmAgreement` leaves the most of the logits where there is no data: `npx tsx test/report/quantization/chooseAgreement.ts`.
// By the part of the calibration digits that seeds 0, 1 and 2 leave for decisions; the test digits are not opened.
import { join } from 'node:path';
import { formatTable } from '../../../src/cli/table.js';
import { estimateValues } from '../../../src/compress/quantize/conditioning/dataFree/estimateValues.js';
import { rangeOf, uniformEstimate } from '../../../src/compress/quantize/conditioning/dataFree/estimate.js';
import { trainingStatistics } from '../../../src/compress/quantize/conditioning/dataFree/trainingStatistics.js';
import { preferredChoices } from '../../../src/compress/method.js';
import { parseOptions } from '../../../src/compress/options.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { splitDataset } from '../../../src/data/split.js';
import type { Model } from '../../../src/graph/model.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { loadModel } from '../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { Runtime } from '../../../src/runtime/session.js';
import { root } from '../../rig/folders.js';
import { digitsPath, samplePath } from './sample.js';

/** Equalization is beside the point, so that the sample made to need it is left out. */
const models = ['lenet-300-100', 'lenet-5', 'resnet-digits', 'mobilenet-digits', 'mobilenet-digits-bn', 'vit-digits'];
const agreements = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const seeds = [0, 1, 2];
const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

async function main(): Promise<void> {
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  const columns: number[][] = [];
  for (const name of models) columns.push(await decibels(name, runtime));
  await runtime.close();
  const means = agreements.map((_, i) => columns.reduce((sum, column) => sum + column[i]!, 0) / columns.length);
  console.log('SQNR of logits without data, dB, on the digits for decisions:');
  console.log(
    formatTable(
      ['agreement', ...models, 'mean'].map((title) => ({ title, align: 'right' as const })),
      agreements.map((agreement, i) =>
        [agreement, ...[...columns.map((column) => column[i]!), means[i]!].map((each) => each.toFixed(1))].map(String),
      ),
      undefined,
    ),
  );
  console.log(`best: ${agreements[means.indexOf(Math.max(...means))]}`);
}

/** Of one model, by agreement: the mean over seeds. */
async function decibels(name: string, runtime: Runtime): Promise<number[]> {
  const { model: original, close } = await openModel(samplePath(name));
  const options = parseOptions(quantize, {});
  const statistics = await trainingStatistics(original);
  const dataset = await openDataset(digitsPath('calibration'), modelInputs(original));
  const parts = seeds.map((seed) => splitDataset(dataset, seed).validate);
  const logitsOf = async (model: Model) => {
    const session = await loadModel(runtime, model);
    const all: Float32Array[] = [];
    for (const part of parts) {
      const { feeds } = await part.read(Array.from({ length: part.sampleCount }, (_, i) => i));
      all.push((await session.run(feeds, ['logits']))['logits']!.data as Float32Array);
    }
    await session.release();
    return all;
  };
  const expected = await logitsOf(original);
  const { model } = await quantize.prepare(original, options, work);
  const choices = preferredChoices(quantize.candidates(model, options, work.target));
  const pixels = new Map(model.graph.inputs.map((input) => [input.name, uniformEstimate(0, 1)]));
  const found: number[] = [];
  for (const agreement of agreements) {
    const estimates = await estimateValues(model, statistics.channels, pixels, { agreement });
    const ranges = new Map([...estimates].map(([value, estimate]) => [value, rangeOf(estimate)]));
    const applied = await quantize.apply({ model, choices, statistics: { ranges }, options, ...work });
    const logits = await logitsOf(applied.model);
    found.push(logits.reduce((sum, each, i) => sum + sqnr(expected[i]!, each) / logits.length, 0));
  }
  await close();
  return found;
}

function sqnr(expected: Float32Array, found: Float32Array): number {
  let [signal, noise] = [0, 0];
  for (const [i, each] of expected.entries()) {
    signal += each ** 2;
    noise += (each - found[i]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

void main();
