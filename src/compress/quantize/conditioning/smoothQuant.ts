/** SmoothQuant: the difficulty of activations with outliers moved into the weights that multiply them. */
import type { ChannelGroup, Consumer } from '../../../graph/channels/channelGroups.js';
import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { linearLayer, plainConstant } from '../../../graph/channels/linearLayer.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { Scope } from '../../../graph/scope.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { elementCount } from '../../../tensor/elementType.js';
import type { Laboratory } from '../../laboratory.js';
import { cellMagnitudes, ConstantWriter, moveScales } from './channelScales.js';
import { groupsOf } from './equalizeChannels.js';

/** Scales are no smaller: a channel that is always 0 would ask for 0. */
const leastScale = 1e-5;

/** Products of matrices that read one value, whose channels are scaled together. */
export interface Smoothing {
  readonly count: number;
  readonly consumers: readonly Consumer[];
  /** Divides what makes the channels. */
  fold(writer: ConstantWriter, scales: Float64Array, signal?: AbortSignal): Promise<void>;
}

/**
 * Divides channel j of what products of matrices read by s = max|X_j|^alpha / max|W_j|^(1 - alpha), and multiplies their
 * weights by it (Xiao et al. 2022, SmoothQuant, equation 4). The division goes into what makes the channels: a
 * LayerNormalization, a linear layer, a product with a constant. Where neither stands before, the layers stay as they are:
 * a Mul of its own would read the channels when they are quantized already. The model is edited.
 */
export async function smoothActivations(
  model: Model,
  alpha: number,
  laboratory: Laboratory,
  signal?: AbortSignal,
): Promise<Message[]> {
  const { smoothings, left } = findSmoothings(model);
  const values = new Set(smoothings.flatMap(({ consumers }) => consumers.map(({ value }) => value)));
  const distributions = new Map([...values].map((value) => [value, -1]));
  const observed = await laboratory.observe(model, { ranges: [], distributions }, { signal });
  const writer = new ConstantWriter(model.graph, new Names(model));
  for (const smoothing of smoothings) {
    const activations = new Float64Array(smoothing.count);
    const weights = new Float64Array(smoothing.count);
    for (const { layer, value, inner } of smoothing.consumers) {
      const channels = observed.distributions?.get(value)?.channels;
      const reach = channels ? Array.from(channels.min, (min, j) => Math.max(-min, channels.max[j]!)) : [];
      const ofWeight = await inputReach(layer);
      for (let j = 0; j < layer.inputChannels; j++) {
        const channel = Math.floor(j / inner);
        activations[channel] = Math.max(activations[channel]!, reach[j] ?? 0);
        weights[channel] = Math.max(weights[channel]!, ofWeight[j]!);
      }
    }
    await smoothing.fold(writer, smoothingScales(activations, weights, alpha), signal);
  }
  const notes: Message[] = [];
  const layers = smoothings.reduce((sum, { consumers }) => sum + consumers.length, 0);
  notes.push(
    layers > 0
      ? sentence('compress.quantize.note.smoothed', { layers, values: smoothings.length })
      : sentence('compress.quantize.note.nothing-to-smooth'),
  );
  if (left.length > 0) {
    const names = left.map(({ node }) => node.name || node.outputs[0]).join(', ');
    notes.push(sentence('compress.quantize.note.not-smoothed', { count: left.length, layers: names }));
  }
  return notes;
}

/** 1 for a channel that is 0 or not finite on either side. */
export function smoothingScales(activations: Float64Array, weights: Float64Array, alpha: number): Float64Array {
  return activations.map((activation, j) => {
    const scale = activation ** alpha / weights[j]! ** (1 - alpha);
    return activation > 0 && weights[j]! > 0 && Number.isFinite(scale) ? Math.max(scale, leastScale) : 1;
  });
}

export function findSmoothings(model: Model): { smoothings: Smoothing[]; left: LinearLayer[] } {
  const smoothings: Smoothing[] = [];
  const done = new Set<Node>();
  for (const group of groupsOf(model)) {
    if (!isFoldable(group)) continue;
    for (const { layer } of group.consumers) done.add(layer.node);
    const fold: Smoothing['fold'] = (writer, scales, signal) => moveScales(writer, new Map([[group, scales]]), signal);
    smoothings.push({ count: group.count, consumers: group.consumers, fold });
  }
  const { graph } = model;
  const scope = new Scope(graph);
  const byValue = new Map<string, LinearLayer[]>();
  for (const node of graph.nodes) {
    const layer = isProduct(node) && !done.has(node) ? linearLayer(scope, node) : undefined;
    if (!layer) continue;
    const value = node.inputs[0]!;
    byValue.set(value, [...(byValue.get(value) ?? []), layer]);
  }
  const left: LinearLayer[] = [];
  for (const [value, layers] of byValue) {
    const factor = factorBehind(scope, value, layers);
    if (factor) smoothings.push(foldedIntoFactor(value, layers, factor));
    else left.push(...layers);
  }
  return { smoothings, left };
}

function isProduct(node: Node): boolean {
  return node.is('MatMul') || node.is('Gemm');
}

function isFoldable({ obstacle, producers, normalizations, consumers, count }: ChannelGroup): boolean {
  const isMade = producers.length + normalizations.length > 0;
  return (
    !obstacle && isMade && count > 1 && consumers.length > 0 && consumers.every(({ layer }) => isProduct(layer.node))
  );
}

/** The constant factor of the Mul that makes a value which `layers` alone read, and the constant of an Add between. */
function factorBehind(scope: Scope, value: string, layers: readonly LinearLayer[]): FoldedConstant[] | undefined {
  const { graph } = scope;
  const count = layers[0]!.inputChannels;
  const uses = graph.uses(value);
  if (uses.length !== layers.length || uses.some(({ index }) => index !== 0) || graph.isOutput(value)) return undefined;
  let node = graph.producer(value);
  const constants: FoldedConstant[] = [];
  if (node?.is('Add')) {
    const shift = constantOperand(scope, node, count);
    const product = shift && node.inputs[1 - shift.input]!;
    if (!shift || product === undefined || graph.uses(product).length !== 1 || graph.isOutput(product))
      return undefined;
    constants.push(shift);
    node = graph.producer(product);
  }
  const factor = node?.is('Mul') ? constantOperand(scope, node, count) : undefined;
  return factor && [...constants, factor];
}

interface FoldedConstant {
  readonly node: Node;
  readonly input: number;
}

/** A constant of one number, or one for each index of the last axis. */
function constantOperand(scope: Scope, node: Node, count: number): FoldedConstant | undefined {
  const input = node.inputs.findIndex((value) => {
    const shape = plainConstant(scope, value)?.shape;
    if (!shape) return false;
    const elements = elementCount(shape);
    return elements === 1 || (elements === count && shape.at(-1) === count);
  });
  return input < 0 ? undefined : { node, input };
}

function foldedIntoFactor(
  value: string,
  layers: readonly LinearLayer[],
  constants: readonly FoldedConstant[],
): Smoothing {
  const count = layers[0]!.inputChannels;
  const consumers = layers.map((layer) => ({ layer, value, inner: 1 }));
  return {
    count,
    consumers,
    async fold(writer, scales, signal) {
      for (const { node, input } of constants) {
        const { data, shape } = await writer.read(node, input);
        const divided = Float32Array.from(scales, (scale, j) => data[data.length === 1 ? 0 : j]! / scale);
        writer.write(node, input, divided, data.length === count ? shape : [count]);
      }
      await scaleConsumers(writer, consumers, scales, signal);
    },
  };
}

/** Multiplies the weights that read channels by their scales. */
export function scaleConsumers(
  writer: ConstantWriter,
  consumers: readonly Consumer[],
  scales: Float64Array,
  signal?: AbortSignal,
): Promise<void> {
  return moveScales(writer, new Map([[{ ...nothing, count: scales.length, consumers }, scales]]), signal);
}

const nothing: ChannelGroup = {
  count: 0,
  values: new Map(),
  producers: [],
  normalizations: [],
  consumers: [],
  shifts: [],
  between: [],
  obstacle: undefined,
};

/** The greatest magnitude of the weights of each input channel. */
async function inputReach(layer: LinearLayer): Promise<Float64Array> {
  const cells = await cellMagnitudes(layer);
  const reach = new Float64Array(layer.inputChannels);
  const { columns, rowsAre } = layer;
  for (const [cell, magnitude] of cells.entries()) {
    const input = rowsAre === 'outputs' ? cell % columns : Math.floor(cell / columns);
    reach[input] = Math.max(reach[input]!, magnitude);
  }
  return reach;
}
