import type { Graph } from '../../graph/graph.js';
import { Failure } from '../../messages/failure.js';
import type { Range } from '../method.js';
import { scalesForBias } from './bias.js';
import type { ActivationGrid } from './calibration/activationRanges.js';
import { weightRanges } from './calibration/weightRanges.js';
import { isUsable } from './constantParameters.js';
import { bitsOf, scaleRange } from './integerRange.js';
import type { ActivationFormat, NumberFormat } from './layerSettings.js';
import { activationFormat, activationGridOf, integersOfFormat, weightGridOf } from './layerSettings.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import type { TensorOverride } from './overrides.js';
import type { Grid } from './parameters.js';
import { gridParameters, powerOfTwoAbove } from './parameters.js';
import type { Mark } from './placement.js';
import { parametersSource } from './qdq.js';
import { perChannelOpset } from './requiredOpset.js';
import { scaleLayout } from './scaleLayout.js';
import type { StaticPlan } from './staticPlan.js';
import { floatsOf } from './tensors.js';
import type { ValueParameters } from './valueParameters.js';
import { singleParameters } from './valueParameters.js';
import { scaleRanges } from './weights.js';

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
  const exact = isExact(options);
  const parameters = new Map<string, ValueParameters>();
  const unusable = new Map<string, Unusable>();
  for (const [value, source] of plan.ranges) {
    const mark = plan.placement.marks.get(value);
    if (mark?.kind !== 'activation') continue;
    const range = typeof source === 'string' ? measured.get(source) : source;
    if (!range || Number.isNaN(range.min)) unusable.set(value, 'no-statistics');
    else if (!isUsable(range)) unusable.set(value, 'not-finite');
    else parameters.set(value, activationParameters(range, mark.format, plan.overrides.get(value), exact));
  }
  for (const [value, mark] of plan.placement.marks) {
    const tensor = graph.initializers.get(value)?.tensor;
    if (!tensor) continue;
    signal?.throwIfAborted();
    const data = await floatsOf(tensor);
    const own = markedParameters(data, tensor.shape, mark, plan.overrides.get(value), options);
    if (own) parameters.set(value, own);
    else unusable.set(value, 'not-finite');
  }
  const enlarged = unusable.size > 0 ? [] : await makeRoomForBiases(graph, plan, parameters, options);
  return { parameters, unusable, enlarged: new Set(enlarged) };
}

/** The grid of activations that have the same options everywhere. */
export function activationGrid(options: QuantizeOptions): ActivationGrid {
  const format = activationFormat(options, perChannelOpset);
  if (!format) throw new RangeError('activations stay in float32');
  return gridOf(format, isExact(options));
}

/** The grid of each measured value: that of the first activation that takes its range from there. */
export function activationGrids(plan: StaticPlan, exact: boolean): (value: string) => ActivationGrid {
  const formats = new Map<string, ActivationFormat>();
  for (const [value, source] of plan.ranges) {
    const mark = plan.placement.marks.get(value);
    if (typeof source === 'string' && mark?.kind === 'activation' && !formats.has(source)) {
      formats.set(source, overriddenFormat(mark.format, plan.overrides.get(value)));
    }
  }
  return (value) => {
    const format = formats.get(value);
    if (!format) throw new RangeError(`nothing is quantized by the range of ${value}`);
    return gridOf(format, exact);
  };
}

function gridOf(format: ActivationFormat, exact: boolean): ActivationGrid {
  const grid = activationGridOf(format, exact);
  const { integers, symmetric } = grid;
  return { integers, symmetric, parametersOf: (range) => gridParameters(range, grid) };
}

function overriddenFormat<Format extends NumberFormat>(format: Format, override: TensorOverride | undefined): Format {
  const { type, symmetric } = override ?? {};
  const typed = type === undefined ? {} : { type, bits: bitsOf(type) };
  return { ...format, ...typed, ...(symmetric !== undefined && { symmetric }) };
}

function activationParameters(
  range: Range,
  marked: ActivationFormat,
  override: TensorOverride | undefined,
  exact: boolean,
): ValueParameters {
  const format = overriddenFormat(marked, override);
  const own = givenParameters(override, format) ?? gridParameters(range, activationGridOf(format, exact));
  return singleParameters(format.type, own, integersOfFormat(format));
}

/** Throws a Failure for a zero point that the type does not have. */
function givenParameters(override: TensorOverride | undefined, format: NumberFormat) {
  if (override?.scale === undefined) return undefined;
  const { scale, zeroPoint = 0 } = override;
  const { min, max } = integersOfFormat(format);
  if (zeroPoint < min || zeroPoint > max) {
    throw new Failure('compress.quantize.overrides.zero-point-outside', { zeroPoint, type: format.type, min, max });
  }
  return { scale: Math.fround(scale), zeroPoint };
}

/**
 * Constants of arithmetic operators have the type of activations, and their extremes as range. onnxruntime reduces the
 * range of all constants, not of weights alone.
 */
function markedParameters(
  data: Float32Array,
  shape: readonly number[],
  mark: Mark,
  override: TensorOverride | undefined,
  options: QuantizeOptions,
): ValueParameters | undefined {
  const { axis, blockSize } = mark;
  const layout = scaleLayout(shape, { axis, blockSize });
  const format = overriddenFormat(mark.format, override);
  const grid = constantGrid({ ...mark, format } as Mark, options);
  const calibration = mark.kind === 'weight' ? mark.format.calibration : 'minmax';
  const given = override?.range ?? (mark.kind === 'weight' ? mark.format.range : undefined);
  const fromStoredScale = blockSize !== undefined && isExact(options);
  const parametersOf = (range: Range) => gridParameters(range, { ...grid, fromStoredScale });
  const extremes = scaleRanges(data, layout);
  if (!extremes?.every(isUsable)) return undefined;
  const ranges = given
    ? extremes.map(() => given)
    : calibration === 'minmax'
      ? extremes
      : weightRanges(data, layout, {
          calibration,
          percentile: mark.kind === 'weight' ? mark.format.percentile : 100,
          symmetric: grid.symmetric,
          integers: grid.integers,
          parametersOf,
        });
  if (!ranges) return undefined;
  const fixed = givenParameters(override, format);
  const all = ranges.map((range) => fixed ?? parametersOf(range));
  const clips =
    given !== undefined || calibration !== 'minmax' || (mark.kind === 'weight' && options.rounding !== 'nearest');
  const scales = Float32Array.from(all, (each) => each.scale);
  return {
    type: format.type,
    axis,
    ...(blockSize !== undefined && { blockSize }),
    // What lies beyond a clipping range, or is moved up or down, must not take integers that the scale was not made for.
    integers: clips ? grid.integers : integersOfFormat(format),
    scales,
    zeroPoints: all.map((each) => each.zeroPoint),
  };
}

function constantGrid(mark: Mark, options: QuantizeOptions): Grid {
  const exact = isExact(options);
  if (mark.kind === 'weight') {
    const { format, axis } = mark;
    // Blocks alone are no channels to onnxruntime.
    const isPerChannel = axis !== undefined && (!exact || format.perChannel);
    const symmetric = format.symmetric || (format.symmetricChannels && isPerChannel);
    return weightGridOf({ ...format, symmetric }, exact);
  }
  const grid = activationGridOf({ ...mark.format, restricted: mark.format.restricted && !exact }, exact);
  if (!exact || options.reduceRange !== true) return grid;
  const { type, bits, symmetric } = mark.format;
  return { ...grid, integers: scaleRange(type, symmetric, true, bits) };
}

/**
 * Enlarges weight scales for biases that would not fit in 32 bits. onnxruntime does so for signed symmetric weights
 * alone, and where an operator only moves elements takes the scale that its output would have had by itself. Where neither
 * side has 8 bits, no kernel wants an integer bias: it stays in float32 instead (`insertQdq`).
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
    const from = placement.marks.has(input) ? parameters.get(source) : undefined;
    const inputScale = from?.scales[0];
    if (!tensor || !own || !from || inputScale === undefined || !graph.initializers.has(weight)) continue;
    if (exact && (!isAdjusted(own) || own.zeroPoints.some((zeroPoint) => zeroPoint !== 0))) continue;
    if (!exact && (bitsOf(own.type) !== 8 || bitsOf(from.type) !== 8)) continue;
    let data = await floatsOf(tensor);
    if (!exact) data = data.map((each) => each * beta);
    const scales = scalesForBias(inputScale, own.scales, data, own.axis !== undefined);
    if (!scales) continue;
    const mark = placement.marks.get(weight);
    parameters.set(weight, { ...own, scales: mark?.format.powerOfTwo ? scales.map(powerOfTwoAbove) : scales });
    enlarged.push(weight);
  }
  return enlarged;
}

/** The types whose scales onnxruntime enlarges. */
function isAdjusted({ type }: ValueParameters): boolean {
  return type === 'int8' || type === 'int16';
}
