import type { Model } from '../../../graph/model.js';
import type { Message } from '../../../messages/message.js';
import type { Laboratory } from '../../laboratory.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import type { RoundingErrors } from './errorShares.js';
import { ErrorShares } from './errorShares.js';
import { gptq } from './gptq.js';
import { inputRows, secondMoment } from './layerRows.js';
import type { LayerTask } from './layerWalk.js';
import { fromSteps, layerTasks, LeftToNearest, realWeight } from './layerWalk.js';
import { partialModel } from './partialModel.js';
import { laboratoryFor } from './roundingData.js';
import { roundToNearest } from './nearest.js';
import type { RoundedWeight, Rounding } from './rounding.js';

/** Second moments of inputs that are added up in one pass over the samples: the bytes of their sums. */
const passBytes = 256 << 20;
/** The second moment of more inputs than this would take more memory than is left for it. */
const mostInputs = 6144;
/** Fewer leave GPTQ little to make up errors with (Frantar et al. 2022 treat hundreds and more). */
const fewInputs = 32;
const samplesAtOnce = 8;

/**
 * GPTQ for every layer that is a product of matrices: second moments of its inputs over the samples, in the model whose
 * earlier weights are rounded already, or (`roundingSequential` off) in the float model.
 */
export const gptqRounding: Rounding<QuantizeOptions> = async (model, tasks, options, context) => {
  const laboratory = laboratoryFor(options, context);
  const left = new LeftToNearest(model);
  const layers = layerTasks(model, tasks, left).filter(({ task, layer }) => {
    if (layer.inputs > mostInputs) left.add(task, 'compress.quantize.rounding.left.too-wide');
    return layer.inputs <= mostInputs;
  });
  const treated = new Set(layers.map(({ task }) => task));
  const weights = new Map<string, RoundedWeight>();
  const known = new Map<string, Float32Array>();
  const shares = new ErrorShares();
  if (options.roundingSequential) {
    for (const task of tasks) if (!treated.has(task)) known.set(task.weight, realWeight(task, roundToNearest(task)));
  }
  let done = 0;
  for (const group of passes(layers, options.roundingSequential)) {
    const moments = await secondMoments(model, known, group, laboratory, context, (fraction) =>
      context.onProgress?.((done + fraction * 0.5 * group.length) / layers.length),
    );
    for (const each of group) {
      const steps = new Float32Array(each.rows.length);
      const errors = await roundLayer(each, steps, moments.get(each)!, options, context);
      if (errors) {
        shares.add(errors);
        const rounded = fromSteps(each, steps);
        weights.set(each.task.weight, rounded);
        if (options.roundingSequential) known.set(each.task.weight, realWeight(each.task, rounded));
      } else left.add(each.task, 'compress.quantize.rounding.left.no-inputs');
      moments.delete(each);
      context.onProgress?.(++done / layers.length);
    }
  }
  return { weights, notes: [...shares.notes('GPTQ'), ...left.notes(), ...fewInputsNote(model, layers)] };
};

/** Layers whose second moments are added up together. */
function passes(layers: readonly LayerTask[], sequential: boolean): LayerTask[][] {
  const groups: LayerTask[][] = [];
  let bytes = Infinity;
  for (const each of layers) {
    const { groups: count, inputs } = each.layer;
    const more = 8 * count * inputs * inputs;
    if (sequential || bytes + more > passBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(each);
    bytes += more;
  }
  return groups;
}

async function secondMoments(
  model: Model,
  known: ReadonlyMap<string, Float32Array>,
  group: readonly LayerTask[],
  laboratory: Laboratory,
  { signal }: WorkContext,
  onProgress: (fraction: number) => void,
): Promise<Map<LayerTask, Float64Array>> {
  const observed = partialModel(model, known, (writer) =>
    Object.fromEntries(
      group.map(({ layer, task }, i) => [i, secondMoment(writer, inputRows(writer, layer, task.shape), layer)]),
    ),
  );
  const outputs = Object.values(observed.outputs);
  const found = await laboratory.accumulate(observed.model, outputs, { signal, onProgress, batchSize: samplesAtOnce });
  return new Map(group.map((each, i) => [each, found.get(outputs[i]!)!.sums]));
}

async function roundLayer(
  { layer: { groups, outputs: count, inputs }, rows, grid }: LayerTask,
  steps: Float32Array,
  moments: Float64Array,
  { gptqDamping, gptqActOrder }: QuantizeOptions,
  { signal }: WorkContext,
): Promise<RoundingErrors | undefined> {
  const size = inputs * inputs;
  const all: RoundingErrors[] = [];
  for (let g = 0; g < groups; g++) {
    const part = { first: g * count, count, inputs };
    const own = moments.subarray(g * size, (g + 1) * size);
    const settings = { damping: gptqDamping, byActivity: gptqActOrder };
    const errors = await gptq(rows, steps, grid, part, own, settings, signal);
    if (errors) all.push(errors);
  }
  const sum = (of: keyof RoundingErrors) => all.reduce((total, errors) => total + errors[of], 0);
  return all.length > 0 ? { found: sum('found'), nearest: sum('nearest') } : undefined;
}

function fewInputsNote(model: Model, layers: readonly LayerTask[]): Message[] {
  const few = new LeftToNearest(model);
  for (const { task, layer } of layers) {
    if (layer.inputs < fewInputs) few.add(task, 'compress.quantize.rounding.few-inputs');
  }
  return few.notes();
}
