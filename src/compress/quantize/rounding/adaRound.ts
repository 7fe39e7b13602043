/**
 * AdaRound (Nagel et al. 2020, Up or Down? Adaptive Rounding for Post-Training Quantization, section 3.2): whether each
 * weight goes up or down is learned so that the layer's outputs, behind its activation, come out as in the float model
 * for the inputs that the layer will really get.
 */
import type { Model } from '../../../graph/model.js';
import { floatsOf } from '../tensors.js';
import type { Bench } from '../../laboratory.js';
import type { TensorArray } from '../../../tensor/tensor.js';
import { activationBehind } from './activationBehind.js';
import type { RoundingErrors } from './errorShares.js';
import { scaleNumbers, writeNearest } from './grid.js';
import type { LayerTask } from './layerWalk.js';
import type { FittedLayer, StepSettings } from './reconstructionModel.js';
import { adam, lossModel, stepModel, stretch } from './reconstructionModel.js';

export interface AdaRoundSettings {
  readonly steps: number;
  /** Rows of inputs in a step. */
  readonly batchSize: number;
  readonly rate: number;
  /** Of the logarithms of scales; null: scales stay as they are. */
  readonly scaleRate: number | null;
  /** How much the regularizer weighs against the loss of the nearest integers. */
  readonly regularization: number;
  /** The share of steps without regularizer. */
  readonly warmStart: number;
  /** The regularizer's exponent after the warm start, and at the end. */
  readonly exponents: readonly [number, number];
  readonly seed: number;
}

export interface AdaRounded {
  readonly steps: Float32Array;
  /** Of the task's parameters, where they were learned. */
  readonly scales: Float32Array | null;
  readonly errors: RoundingErrors;
}

/** Rows of a layer's inputs and outputs on the bench. */
export interface LayerRows {
  readonly x: string;
  readonly y: string;
  readonly count: number;
}

/**
 * Fits one layer on rows that lie on the bench. Outputs that come out no better than by the nearest integers keep these,
 * so that the loss over the rows is never greater.
 */
export async function adaRound(
  model: Model,
  each: LayerTask,
  rows: LayerRows,
  bench: Bench,
  settings: AdaRoundSettings,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void },
): Promise<AdaRounded> {
  const { layer, grid, task } = each;
  const fitted: FittedLayer = {
    layer,
    grid,
    activation: await activationBehind(model.graph, layer),
    bias: await biasOf(model, each),
  };
  const nearest = new Float32Array(each.rows.length);
  writeNearest(each.rows, grid, nearest);
  const before = await losses(fitted, real(nearest, grid.scales), rows, bench, options);
  const unit = before.reduce((sum, loss) => sum + loss, 0) / before.length;
  if (!(unit > 0) || !Number.isFinite(unit)) return { steps: nearest, scales: null, errors: { found: 0, nearest: 0 } };
  const learned =
    settings.scaleRate === null ? null : { scaleOf: scaleNumbers(layer, task), count: task.parameters.scales.length };
  const floors = each.rows.map((value, i) => Math.floor(value / grid.scales[i]!));
  const { share, factors } = await learn(fitted, each, { learned, floors, unit }, rows, bench, settings, options);
  const steps = floors.map((floor, i) => clipped(floor + (share[i]! >= 0.5 ? 1 : 0), grid.low[i]!, grid.high[i]!));
  const scales = factors && task.parameters.scales.map((scale, s) => scale * factors[s]!);
  const byElement = scales && learned ? Float32Array.from(learned.scaleOf, (s) => scales[s]!) : grid.scales;
  const after = await losses(fitted, real(steps, byElement), rows, bench, options);
  return keepBetter(each, learned, { steps, scales }, nearest, before, after);
}

/** The learned shares of the way up, and factors of scales. */
async function learn(
  fitted: FittedLayer,
  { rows: weights, grid, layer }: LayerTask,
  step: StepSettings,
  rows: LayerRows,
  bench: Bench,
  settings: AdaRoundSettings,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void },
): Promise<{ share: Float32Array; factors: Float32Array | null }> {
  const shape = [layer.groups * layer.outputs, layer.inputs];
  const start = weights.map((value, i) => unstretched(value / grid.scales[i]! - step.floors[i]!));
  const state: Record<string, TensorArray> = { ...adamState('v', shape, start) };
  if (step.learned) Object.assign(state, adamState('u', [step.learned.count], new Float32Array(step.learned.count)));
  await bench.put(state);
  const nextState = Object.fromEntries(Object.keys(state).map((name) => [name, `next ${name}`]));
  const iteration = {
    steps: settings.steps,
    constants: {},
    state: nextState,
    batches: { x: rows.x, y: rows.y },
    batchSize: settings.batchSize,
    seed: settings.seed,
    schedule: schedules(settings),
  };
  await bench.iterate(stepModel(fitted, step), iteration, options);
  const names = step.learned ? ['v', 'u'] : ['v'];
  const found = await bench.read(names);
  await bench.put({}, Object.keys(state));
  const share = (found['v']!.data as Float32Array).map(stretched);
  return { share, factors: step.learned && (found['u']!.data as Float32Array).map(Math.exp) };
}

function adamState(name: string, shape: readonly number[], start: Float32Array): Record<string, TensorArray> {
  const tensor = (data: Float32Array): TensorArray => ({ elementType: 'float32', shape, data });
  return {
    [name]: tensor(start),
    [`${name} mean`]: tensor(new Float32Array(start.length)),
    [`${name} square`]: tensor(new Float32Array(start.length)),
  };
}

/** The rates with Adam's corrections of the first steps, and the regularizer's exponent, which falls by half a cosine. */
function schedules(settings: AdaRoundSettings): Record<string, Float32Array> {
  const { steps, rate, scaleRate, regularization, warmStart, exponents } = settings;
  const [first, last] = exponents;
  const bySteps = (of: (step: number) => number) => Float32Array.from({ length: steps }, (_, step) => of(step));
  const correction = (step: number) => Math.sqrt(1 - adam.square ** (step + 1)) / (1 - adam.mean ** (step + 1));
  const done = (step: number) => Math.max(0, (step / steps - warmStart) / (1 - warmStart));
  return {
    rate: bySteps((step) => rate * correction(step)),
    ...(scaleRate === null ? {} : { 'scale rate': bySteps((step) => scaleRate * correction(step)) }),
    exponent: bySteps((step) => last + ((first - last) * (1 + Math.cos(done(step) * Math.PI))) / 2),
    weight: bySteps((step) => (step < warmStart * steps ? 0 : regularization)),
  };
}

/** Where the outputs' scales are their own, the better of both by output; else of the whole weight. */
function keepBetter(
  { layer, task }: LayerTask,
  learned: StepSettings['learned'],
  found: Pick<AdaRounded, 'steps' | 'scales'>,
  nearest: Float32Array,
  before: Float64Array,
  after: Float64Array,
): AdaRounded {
  const { inputs } = layer;
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  if (learned && !areOwn(learned.scaleOf, inputs)) {
    const errors = { found: Math.min(sum(before), sum(after)), nearest: sum(before) };
    return sum(after) < sum(before) ? { ...found, errors } : { steps: nearest, scales: null, errors };
  }
  const steps = found.steps.slice();
  const scales = found.scales?.slice() ?? null;
  for (let output = 0; output < before.length; output++) {
    if (after[output]! < before[output]!) continue;
    const first = output * inputs;
    steps.set(nearest.subarray(first, first + inputs), first);
    if (!scales || !learned) continue;
    for (const s of learned.scaleOf.subarray(first, first + inputs)) scales[s] = task.parameters.scales[s]!;
  }
  const kept = after.map((loss, output) => Math.min(loss, before[output]!));
  return { steps, scales, errors: { found: sum(kept), nearest: sum(before) } };
}

/** Does no scale belong to two rows? */
function areOwn(scaleOf: Int32Array, inputs: number): boolean {
  const rowOf = new Map<number, number>();
  return scaleOf.every((scale, i) => {
    const row = Math.floor(i / inputs);
    if (!rowOf.has(scale)) rowOf.set(scale, row);
    return rowOf.get(scale) === row;
  });
}

/** The sum over rows of the squared error of each output, for given weights. */
async function losses(
  fitted: FittedLayer,
  weights: Float32Array,
  { x, y, count }: LayerRows,
  bench: Bench,
  { signal }: { readonly signal?: AbortSignal },
): Promise<Float64Array> {
  const outputs = fitted.bias.length;
  const batchSize = Math.min(count, 512);
  const steps = Math.floor(count / batchSize);
  await bench.put({ loss: { elementType: 'float32', shape: [outputs], data: new Float32Array(outputs) } });
  const iteration = {
    steps,
    constants: {},
    state: { loss: 'next loss' },
    batches: { x, y },
    batchSize,
    seed: 0,
    schedule: {},
  };
  await bench.iterate(lossModel(fitted, weights), iteration, { signal });
  const { loss } = await bench.read(['loss']);
  return Float64Array.from(loss!.data as Float32Array, (sum) => sum / (steps * batchSize));
}

async function biasOf({ graph }: Model, { layer: { bias, beta, groups, outputs } }: LayerTask): Promise<Float32Array> {
  const offsets = new Float32Array(groups * outputs);
  const tensor = bias === undefined ? undefined : graph.initializers.get(bias)?.tensor;
  if (!tensor) return offsets;
  const values = await floatsOf(tensor);
  return offsets.map((_, output) => beta * values[values.length === 1 ? 0 : output]!);
}

function real(steps: Float32Array, scales: Float32Array): Float32Array {
  return steps.map((step, i) => step * scales[i]!);
}

function clipped(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function stretched(v: number): number {
  return clipped((stretch.high - stretch.low) / (1 + Math.exp(-v)) + stretch.low, 0, 1);
}

/** The v whose stretched sigmoid is `share`, of 0 <= share <= 1. */
function unstretched(share: number): number {
  const sigmoid = (share - stretch.low) / (stretch.high - stretch.low);
  return Math.log(sigmoid / (1 - sigmoid));
}
