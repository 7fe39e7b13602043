/** High biases, moved through a Relu that they always open. */
import type { ChannelGroup } from '../../../graph/channels/channelGroups.js';
import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { firstOther } from '../../../graph/channels/linearLayer.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { Laboratory } from '../../laboratory.js';
import type { TrainingStatistics } from './dataFree/trainingStatistics.js';
import { ConstantWriter } from './channelScales.js';
import { groupsOf } from './equalizeChannels.js';

/** Operators through which a shift of a channel passes, where nothing is padded. */
const passesShift = new Set([
  'Identity',
  'Dropout',
  'MaxPool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Flatten',
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
]);

/** A layer with a bias, the Relu behind it, and the layers that read what that lets through. */
export interface Absorption {
  readonly group: ChannelGroup;
  readonly producer: LinearLayer;
  /** What the layer makes, before the Relu. */
  readonly value: string;
}

/**
 * Where biases can be absorbed: one layer with a bias makes the channels, exactly one Relu and operators that pass a shift
 * on stand behind it, and no reader pads with zeros, which are no zeros any more once the channel is shifted. Those that do
 * are told by `padded`.
 */
export function absorptions(groups: readonly ChannelGroup[]): { found: Absorption[]; padded: Node[] } {
  const found: Absorption[] = [];
  const padded: Node[] = [];
  for (const group of groups) {
    const { producers, consumers, between, obstacle, shifts, normalizations } = group;
    const [producer] = producers;
    const relus = between.filter(({ opType }) => opType === 'Relu');
    const others = between.filter(({ opType }) => opType !== 'Relu');
    const value = producer?.node.outputs[0] ?? '';
    if (obstacle || !producer?.bias || producers.length !== 1 || consumers.length === 0) continue;
    if (shifts.length + normalizations.length > 0 || relus.length !== 1 || relus[0]!.inputs[0] !== value) continue;
    if (!others.every(({ opType }) => passesShift.has(opType))) continue;
    if (consumers.some(({ value: read }) => read === value) || others.some(({ inputs }) => inputs[0] === value))
      continue;
    if (!consumers.every(({ layer }) => layer.node.is('Conv') || layer.node.is('Gemm'))) continue;
    if (consumers.some(({ layer }) => pads(layer.node))) padded.push(producer.node);
    else found.push({ group, producer, value });
  }
  return { found, padded };
}

/** How much of each channel lies below what a Relu lets through, of values that layers make; absent where unknown. */
export type Floor = (found: readonly Absorption[]) => Promise<ReadonlyMap<string, Float64Array>>;

/** The least that a channel takes over all data, if above 0: on that data absorption changes nothing. */
export function measuredFloor(model: Model, laboratory: Laboratory, signal?: AbortSignal): Floor {
  return async (found) => {
    const distributions = new Map(found.map(({ group, value }) => [value, group.values.get(value)!.axis]));
    const observed = await laboratory.observe(model, { ranges: [], distributions }, { signal });
    const amounts = new Map<string, Float64Array>();
    for (const [value, distribution] of observed.distributions ?? []) {
      const least = distribution?.channels?.min;
      if (least)
        amounts.set(
          value,
          least.map((min) => Math.max(min, 0) || 0),
        );
    }
    return amounts;
  };
}

/** Mean - 3 standard deviations, if above 0, by what training left in BatchNormalization. */
export function trainedFloor({ channels }: TrainingStatistics): Floor {
  return (found) => {
    const amounts = new Map<string, Float64Array>();
    for (const { value } of found) {
      const own = channels.get(value);
      if (own)
        amounts.set(
          value,
          own.mean.map((mean, c) => Math.max(mean - 3 * own.deviation[c]!, 0)),
        );
    }
    return Promise.resolve(amounts);
  };
}

/**
 * With c the floor of a channel before its Relu: b1 - c before, b2 + W2 c behind (Nagel et al. 2019, section 4.1.3). The
 * model is edited. Answers what was taken, by the values that are less by it.
 */
export async function absorbBiases(
  model: Model,
  floorOf: Floor,
): Promise<{ amounts: Map<string, Float64Array>; notes: Message[] }> {
  const { found, padded } = absorptions(groupsOf(model));
  const floors = found.length > 0 ? await floorOf(found) : new Map<string, Float64Array>();
  const writer = new ConstantWriter(model.graph, new Names(model));
  const amounts = new Map<string, Float64Array>();
  let channels = 0;
  for (const absorption of found) {
    const own = floors.get(absorption.value);
    const count = own?.filter((amount) => amount > 0).length ?? 0;
    if (!own || count === 0) continue;
    await absorb(writer, absorption, own);
    amounts.set(absorption.value, own);
    channels += count;
  }
  const notes = [
    amounts.size > 0
      ? sentence('compress.quantize.note.absorbed-biases', { channels, layers: amounts.size })
      : sentence('compress.quantize.note.no-bias-absorbed'),
  ];
  if (padded.length > 0) {
    const names = padded.map(({ name, opType, outputs }) => name || `${opType}_${outputs[0] ?? ''}`).join(', ');
    notes.push(sentence('compress.quantize.note.absorb-padded', { count: padded.length, layers: names }));
  }
  return { amounts, notes };
}

/** Takes an amount of each channel out of the bias that makes it, and puts what it contributes into those behind. */
export async function absorb(
  writer: ConstantWriter,
  { group, producer }: Absorption,
  amounts: Float64Array,
): Promise<void> {
  await addToBias(
    writer,
    producer,
    amounts.map((amount) => -amount),
  );
  for (const { layer, inner } of group.consumers) {
    const sums = await weightedSums(writer, layer, (feature) => amounts[Math.floor(feature / inner)]!);
    const alpha = layer.node.is('Gemm') ? layer.node.float('alpha', 1) : 1;
    await addToBias(
      writer,
      layer,
      sums.map((sum) => sum * alpha),
    );
  }
}

/** The sum of a layer's weights for each output channel, each times a number of its input channel. */
export async function weightedSums(
  writer: ConstantWriter,
  layer: LinearLayer,
  of: (input: number) => number,
): Promise<Float64Array> {
  const { data } = await writer.read(layer.node, 1);
  return sumsOf(layer, data, of);
}

/** See `weightedSums`; `data` is in the order of the layer's weight. */
export function sumsOf(layer: LinearLayer, data: ArrayLike<number>, of: (input: number) => number): Float64Array {
  const { rows, columns, spatial, rowsAre, outputChannels } = layer;
  const sums = new Float64Array(outputChannels);
  for (let row = 0, at = 0; row < rows; row++) {
    const first = firstOther(layer, row);
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const end = at + spatial; at < end; at++) sum += data[at]!;
      const [output, input] = rowsAre === 'outputs' ? [row, first + column] : [first + column, row];
      sums[output]! += sum * of(input);
    }
  }
  return sums;
}

/** Gemm multiplies its product by alpha and its bias by beta. */
async function addToBias(writer: ConstantWriter, { node, bias, outputChannels }: LinearLayer, amounts: Float64Array) {
  const isGemm = node.is('Gemm');
  const factor = isGemm ? 1 / node.float('beta', 1) : 1;
  const held = bias ? await writer.read(node, 2) : { data: new Float32Array(1), shape: [] };
  const data = Float32Array.from(amounts, (amount, c) => held.data[held.data.length === 1 ? 0 : c]! + amount * factor);
  const shape = held.data.length === outputChannels ? held.shape : [outputChannels];
  writer.write(node, 2, data, shape, `${node.inputs[1]}_bias`);
}

function pads(node: Node): boolean {
  if (node.is('Gemm')) return false;
  const automatic = node.string('auto_pad', 'NOTSET');
  if (automatic === 'VALID') return false;
  return automatic !== 'NOTSET' || (node.ints('pads') ?? []).some((pad) => pad !== 0);
}
