import type { Model } from '../../../graph/model.js';
import type { Bench } from '../../laboratory.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import type { AdaRoundSettings, LayerRows } from './adaRound.js';
import { adaRound } from './adaRound.js';
import { ErrorShares } from './errorShares.js';
import { laboratoryFor } from './roundingData.js';
import { inputRows, outputRows } from './layerRows.js';
import type { LayerTask } from './layerWalk.js';
import { fromSteps, layerTasks, LeftToNearest, realWeight } from './layerWalk.js';
import { roundToNearest } from './nearest.js';
import { partialModel } from './partialModel.js';
import type { RoundedWeight, Rounding } from './rounding.js';

/** Rows that are kept of one layer: their bytes, and their number. */
const rowBytes = 128 << 20;
const mostRows = 16384;
const samplesAtOnce = 8;

/** AdaRound, layer by layer: with the scales as they are, or (`reconstruct`) with scales that are learned, too. */
export const adaRoundRounding: Rounding<QuantizeOptions> = async (model, tasks, options, context) => {
  const bench = laboratoryFor(options, context).bench();
  try {
    return await roundLayers(bench, model, tasks, options, context);
  } finally {
    await bench.close();
  }
};

async function roundLayers(
  bench: Bench,
  model: Model,
  tasks: Parameters<Rounding<QuantizeOptions>>[1],
  options: QuantizeOptions,
  context: WorkContext,
): ReturnType<Rounding<QuantizeOptions>> {
  const left = new LeftToNearest(model);
  const layers = layerTasks(model, tasks, left);
  const treated = new Set(layers.map(({ task }) => task));
  const weights = new Map<string, RoundedWeight>();
  const known = new Map<string, Float32Array>();
  const shares = new ErrorShares();
  if (options.roundingSequential) {
    for (const task of tasks) if (!treated.has(task)) known.set(task.weight, realWeight(task, roundToNearest(task)));
  }
  for (const [done, each] of layers.entries()) {
    const onProgress = (fraction: number) => context.onProgress?.((done + fraction) / layers.length);
    const settings = settingsOf(options, context.seed + done);
    const rows = await collectRows(bench, model, known, each, context);
    const found = await adaRound(model, each, rows, bench, settings, { signal: context.signal, onProgress });
    shares.add(found.errors);
    const { parameters } = each.task;
    const rounded = fromSteps(each, found.steps, found.scales ? { ...parameters, scales: found.scales } : parameters);
    weights.set(each.task.weight, rounded);
    if (options.roundingSequential) known.set(each.task.weight, realWeight(each.task, rounded));
    await bench.put({}, [rows.x, rows.y]);
    onProgress(1);
  }
  const name = options.rounding === 'reconstruct' ? 'reconstruction' : 'AdaRound';
  return { weights, notes: [...shares.notes(name), ...left.notes()] };
}

/** The inputs that a layer gets from the layers before it as they are rounded, and its outputs in the float model. */
async function collectRows(
  bench: Bench,
  model: Model,
  known: ReadonlyMap<string, Float32Array>,
  { layer, task }: LayerTask,
  { seed, signal }: WorkContext,
): Promise<LayerRows> {
  const width = layer.groups * (layer.inputs + layer.outputs);
  const rows = Math.max(1, Math.min(mostRows, Math.floor(rowBytes / (4 * width))));
  const options = { rows, seed, batchSize: samplesAtOnce, signal };
  const inputs = partialModel(model, known, (writer) => ({ x: inputRows(writer, layer, task.shape) }));
  const outputs = partialModel(model, new Map(), (writer) => ({ y: outputRows(writer, layer) }));
  const count = await bench.collect(inputs.model, { [inputs.outputs.x]: 'x' }, options);
  await bench.collect(outputs.model, { [outputs.outputs.y]: 'y' }, options);
  return { x: 'x', y: 'y', count };
}

function settingsOf(options: QuantizeOptions, seed: number): AdaRoundSettings {
  return {
    steps: options.roundingSteps,
    batchSize: options.roundingBatch,
    rate: options.roundingRate,
    scaleRate: options.rounding === 'reconstruct' ? options.roundingScaleRate : null,
    regularization: options.roundingRegularization,
    warmStart: options.roundingWarmStart,
    exponents: [20, 2],
    seed,
  };
}
