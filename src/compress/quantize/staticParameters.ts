import type { Graph } from '../../graph/graph.js';
import type { Range } from '../method.js';
import { scalesForBias } from './bias.js';
import type { ActivationGrid } from './calibration/activationRanges.js';
import { weightRanges } from './calibration/weightRanges.js';
import { fullRange, scaleRange } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import { areWeightsSymmetric, isExact, isRangeReduced } from './options.js';
import { quantizationParameters } from './parameters.js';
import type { Mark } from './placement.js';
import { parametersSource } from './qdq.js';
import { scaleLayout } from './scaleLayout.js';
import type { StaticPlan } from './staticPlan.js';
import { floatsOf } from './tensors.js';
import type { ValueParameters } from './valueParameters.js';
import { singleParameters } from './valueParameters.js';

/** Why a value cannot be quantized. */
export type Unusable = 'no-statistics' | 'not-finite';

export interface StaticParameters {
  readonly parameters: Map<string, ValueParameters>;
  /** Values without usable range or with elements that are not finite. */
  readonly unusable: Map<string, Unusable>;
  /** Weights whose scales were enlarged for a bias. */
  readonly enlarged: ReadonlySet<string>;
}

/** The scale and zero point of every marked value that has its own. */
export async function staticParameters(
  graph: Graph,
  plan: StaticPlan,
  measured: ReadonlyMap<string, Range>,
  options: QuantizeOptions,
  signal?: AbortSignal,
): Promise<StaticParameters> {
  const parameters = new Map<string, ValueParameters>();
  const unusable = new Map<string, Unusable>();
  for (const [value, source] of plan.ranges) {
    const range = typeof source === 'string' ? measured.get(source) : source;
    if (!range || Number.isNaN(range.min)) unusable.set(value, 'no-statistics');
    else if (!isUsable(range)) unusable.set(value, 'not-finite');
    else parameters.set(value, activationParameters(range, options));
  }
  for (const [value, mark] of plan.placement.marks) {
    const tensor = graph.initializers.get(value)?.tensor;
    if (!tensor) continue;
    signal?.throwIfAborted();
    const own = weightParameters(await floatsOf(tensor), tensor.shape, mark, options);
    if (own) parameters.set(value, own);
    else unusable.set(value, 'not-finite');
  }
  const enlarged = unusable.size > 0 ? [] : await makeRoomForBiases(graph, plan, parameters, options);
  return { parameters, unusable, enlarged: new Set(enlarged) };
}

/** An empty tensor has a range whose least element is above the greatest. */
function isUsable({ min, max }: Range): boolean {
  return min > max || Number.isFinite(Math.fround(Math.fround(max) - Math.fround(min)));
}

/** The grid of activations. */
export function activationGrid(options: QuantizeOptions): ActivationGrid {
  const symmetric = options.symmetricActivations;
  const integers = scaleRange(options.activationType, symmetric, false);
  const parametersOf = (range: Range) => quantizationParameters(range, integers, symmetric, isExact(options));
  return { integers, symmetric, parametersOf };
}

function activationParameters(range: Range, options: QuantizeOptions): ValueParameters {
  return singleParameters(options.activationType, activationGrid(options).parametersOf(range));
}

/**
 * Constants of arithmetic operators have the type of activations. Per channel all are symmetric: the integer kernels
 * want the same zero point in every channel. onnxruntime reduces the range of all constants, not of weights alone.
 */
function weightParameters(
  data: Float32Array,
  shape: readonly number[],
  { kind, axis }: Mark,
  options: QuantizeOptions,
): ValueParameters | undefined {
  const isWeight = kind === 'weight';
  const type = isWeight ? options.weightType : options.activationType;
  const symmetric =
    axis !== undefined || (isWeight ? areWeightsSymmetric(options, type) : options.symmetricActivations);
  const reduced = isRangeReduced(options) && (isWeight || isExact(options));
  const integers = scaleRange(type, symmetric, reduced);
  const parametersOf = (range: Range) => quantizationParameters(range, integers, symmetric, isExact(options));
  const calibration = isWeight ? options.weightCalibration : 'minmax';
  const ranges = weightRanges(data, scaleLayout(shape, { axis }), {
    calibration,
    percentile: options.weightPercentile,
    symmetric,
    integers,
    parametersOf,
  });
  if (!ranges?.every(isUsable)) return undefined;
  const all = ranges.map(parametersOf);
  return {
    type,
    axis,
    // What lies beyond a clipping range, or is moved up or down, must not take integers that the scale was not made for.
    integers: calibration === 'minmax' && options.rounding === 'nearest' ? fullRange(type) : integers,
    scales: Float32Array.from(all, (each) => each.scale),
    zeroPoints: all.map((each) => each.zeroPoint),
  };
}

/**
 * Enlarges weight scales for biases that would not fit in 32 bits. onnxruntime does so for signed symmetric weights
 * alone, and where an operator only moves elements takes the scale that its output would have had by itself.
 */
async function makeRoomForBiases(
  graph: Graph,
  { placement }: StaticPlan,
  parameters: Map<string, ValueParameters>,
  options: QuantizeOptions,
): Promise<string[]> {
  const enlarged: string[] = [];
  const exact = isExact(options);
  for (const [bias, { input, weight, beta }] of placement.biases) {
    const tensor = graph.initializers.get(bias)?.tensor;
    const own = parameters.get(weight);
    const source = exact ? input : parametersSource(placement.marks, input);
    const inputScale = placement.marks.has(input) ? parameters.get(source)?.scales[0] : undefined;
    if (!tensor || !own || inputScale === undefined || !graph.initializers.has(weight)) continue;
    if (exact && (own.type !== 'int8' || own.zeroPoints.some((zeroPoint) => zeroPoint !== 0))) continue;
    let data = await floatsOf(tensor);
    if (!exact) data = data.map((each) => each * beta);
    const scales = scalesForBias(inputScale, own.scales, data, own.axis !== undefined);
    if (!scales) continue;
    parameters.set(weight, { ...own, scales });
    enlarged.push(weight);
  }
  return enlarged;
}
