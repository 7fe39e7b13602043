/** The numbers of constants in QOperator format, once it is known how weights are rounded. */
import { biasScales, quantizeBias, scalesForBias } from '../bias.js';
import type { RoundedWeight } from '../rounding/rounding.js';
import { floatsOf, tensorFrom } from '../tensors.js';
import { quantizeArray } from '../weights.js';
import type { PlannedBias, PlannedConstant } from './operand.js';
import type { QOperatorGraph } from './qoperatorGraph.js';

/**
 * Enlarges weight scales where a bias would not fit in 32 bits. onnxruntime does so for signed symmetric weights alone.
 * Returns the scales of the biases as they were at the turn of each, which the reference keeps where a later one enlarges
 * a shared weight's, and the weights whose scales changed.
 */
export async function makeRoomForBiases(
  graph: QOperatorGraph,
): Promise<{ scales: Map<PlannedBias, Float32Array>; enlarged: string[] }> {
  const scales = new Map<PlannedBias, Float32Array>();
  const enlarged: string[] = [];
  for (const bias of graph.biases) {
    const { weight } = bias;
    const changed = mayChange(graph, weight.parameters) && (await enlargedScales(graph, bias));
    if (changed && 'isWeight' in weight) {
      weight.parameters = { ...weight.parameters, scales: changed };
      enlarged.push(weight.value);
    }
    scales.set(bias, scalesOf(bias, changed || weight.parameters.scales, graph.exact));
  }
  return { scales, enlarged };
}

function mayChange(graph: QOperatorGraph, { zeroPoints }: PlannedConstant['parameters']): boolean {
  if (!graph.exact) return true;
  return graph.options.weightType === 'int8' && zeroPoints.every((zeroPoint) => zeroPoint === 0);
}

async function enlargedScales(graph: QOperatorGraph, bias: PlannedBias): Promise<Float32Array | undefined> {
  const { parameters } = bias.weight;
  const { perChannel } = graph.options;
  const isPerChannel = graph.exact ? perChannel : parameters.axis !== undefined;
  // The reference does not look at one scale where it was told to make several.
  if (isPerChannel && parameters.axis === undefined) return undefined;
  const data = await biasNumbers(graph, bias);
  const input = graph.exact ? inputScale(bias) : inputScale(bias) * bias.productFactor;
  return scalesForBias(
    input,
    parameters.scales,
    isPerChannel ? largestByColumn(data, parameters.scales.length) : data,
    isPerChannel,
  );
}

/** The element of greatest magnitude that each output channel's scale must hold. */
function largestByColumn(data: Float32Array, columns: number): Float32Array {
  if (data.length <= columns) return data;
  const largest = new Float32Array(columns);
  for (const [i, x] of data.entries()) if (Math.abs(x) > Math.abs(largest[i % columns]!)) largest[i % columns] = x;
  return largest;
}

/** Writes weights, other constants and biases as initializers. */
export async function fillConstants(
  graph: QOperatorGraph,
  rounded: ReadonlyMap<string, RoundedWeight>,
  biasScalesBefore: ReadonlyMap<PlannedBias, Float32Array>,
  onConstant: () => void,
): Promise<void> {
  for (const constant of graph.constants) {
    const { value, integers, scale, zeroPoint, isWeight } = constant;
    const { tensor } = graph.request.graph.initializers.get(value)!;
    const better = isWeight && rounded.get(value);
    const isSame =
      better &&
      better.parameters.type === constant.parameters.type &&
      better.parameters.axis === constant.parameters.axis;
    const chosen = isSame ? better : undefined;
    if (chosen) constant.parameters = chosen.parameters;
    const { type, axis, scales, zeroPoints } = constant.parameters;
    const codes = chosen?.codes ?? quantizeArray(await floatsOf(tensor), tensor.shape, constant.parameters);
    const shape = axis === undefined ? [] : [scales.length];
    graph.integer.initializer(integers, tensorFrom(type, tensor.shape, codes));
    graph.integer.initializer(scale, tensorFrom('float32', shape, scales));
    graph.integer.initializer(zeroPoint, tensorFrom(type, shape, zeroPoints));
    onConstant();
  }
  for (const bias of graph.biases) {
    const before = graph.exact ? biasScalesBefore.get(bias) : undefined;
    await fillBias(graph, bias, before ?? scalesOf(bias, bias.weight.parameters.scales, graph.exact));
  }
}

async function fillBias(graph: QOperatorGraph, bias: PlannedBias, scales: Float32Array): Promise<void> {
  const data = await biasNumbers(graph, bias);
  const each = scales.length === 1 ? scales : Float32Array.from(data, (_, i) => scales[i % scales.length]!);
  const { tensor } = graph.request.graph.initializers.get(bias.value)!;
  const shape = bias.expandTo === undefined ? tensor.shape : [bias.expandTo];
  graph.integer.initializer(bias.integers, tensorFrom('int32', shape, quantizeBias(data, each)));
  if (!graph.exact) return;
  // Read only where a node takes the bias back from its integers.
  const zeros = new Int32Array(scales.length);
  graph.integer.initializer(bias.scale, tensorFrom('float32', [scales.length], scales));
  graph.integer.initializer(bias.zeroPoint, tensorFrom('int32', scales.length > 1 ? [scales.length] : [], zeros));
}

/** The numbers that are to be added. The reference has beta in the scale. */
async function biasNumbers(graph: QOperatorGraph, { value, beta, expandTo }: PlannedBias): Promise<Float32Array> {
  const data = await floatsOf(graph.request.graph.initializers.get(value)!.tensor);
  if (graph.exact) return data;
  const factored = data.map((each) => each * beta);
  return expandTo === undefined ? factored : new Float32Array(expandTo).fill(factored[0]!);
}

function scalesOf(bias: PlannedBias, weightScales: Float32Array, exact: boolean): Float32Array {
  return exact
    ? biasScales(inputScale(bias), weightScales, bias.beta)
    : biasScales(inputScale(bias), weightScales, bias.productFactor);
}

function inputScale({ input }: PlannedBias): number {
  return input.parameters.scales[0]!;
}
