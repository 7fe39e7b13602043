/** Moving factors of channels from the layers that make them into the layers that read them. */
import type { ChannelGroup, Shift } from '../../../graph/channels/channelGroups.js';
import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { firstOther } from '../../../graph/channels/linearLayer.js';
import type { Graph } from '../../../graph/graph.js';
import type { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { tensorOfArray } from '../../../tensor/tensor.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { floatsOf } from '../tensors.js';

/** What a group's channels are divided by where they are made, and multiplied by where they are read. */
export type ChannelScales = ReadonlyMap<ChannelGroup, Float64Array>;

/** Replaces constants of one graph by others, each for the reader that asks. */
export class ConstantWriter {
  constructor(
    readonly graph: Graph,
    readonly names: Names,
  ) {}

  /** The elements of a constant input in float32. */
  async read(node: Node, input: number): Promise<{ data: Float32Array; shape: readonly number[] }> {
    const tensor = this.#tensor(node.inputs[input] ?? '');
    return { data: await floatsOf(tensor), shape: tensor.shape };
  }

  /** Gives `node` a constant of its own: the name stays where no other node and no output shares it. */
  write(node: Node, input: number, data: Float32Array, shape: readonly number[], fallback = ''): void {
    const { graph } = this;
    const name = node.inputs[input] ?? '';
    const held = graph.initializers.get(name);
    const isOwn = held && graph.uses(name).length === 1 && !graph.isInput(name) && !graph.isOutput(name);
    const target = isOwn ? name : this.names.value(name || fallback);
    const tensor = tensorOfArray({ elementType: 'float32', shape, data });
    graph.initializers.set(target, { name: target, tensor, docString: held?.docString });
    if (target !== name) graph.setInput(node, input, target);
  }

  #tensor(name: string): Tensor {
    const tensor = this.graph.initializers.get(name)?.tensor;
    if (!tensor) throw new RangeError(`${name} is no initializer`);
    return tensor;
  }
}

/**
 * Divides the channels of each group by its scales. Weights are multiplied in double precision and rounded once. The
 * graph is edited; its constants must be initializers.
 */
export async function moveScales(writer: ConstantWriter, scales: ChannelScales, signal?: AbortSignal): Promise<void> {
  const made = new Map<LinearLayer, Float64Array>();
  const read = new Map<LinearLayer, ReadScales>();
  for (const [group, own] of scales) {
    for (const layer of group.producers) made.set(layer, own);
    for (const { layer, inner } of group.consumers) read.set(layer, { scales: own, inner });
  }
  for (const layer of new Set([...made.keys(), ...read.keys()])) {
    signal?.throwIfAborted();
    await scaleLayer(writer, layer, made.get(layer), read.get(layer));
  }
  for (const [group, own] of scales) {
    for (const node of group.normalizations) await divideVectors(writer, node, own);
    for (const shift of group.shifts) await scaleShift(writer, shift, own);
  }
}

interface ReadScales {
  readonly scales: Float64Array;
  readonly inner: number;
}

async function scaleLayer(
  writer: ConstantWriter,
  layer: LinearLayer,
  made: Float64Array | undefined,
  read: ReadScales | undefined,
): Promise<void> {
  const { node, rows, columns, spatial, rowsAre } = layer;
  const { data, shape } = await writer.read(node, 1);
  const scaled = new Float32Array(data.length);
  const ofOutput = (channel: number) => (made ? 1 / made[channel]! : 1);
  const ofInput = (feature: number) => (read ? read.scales[Math.floor(feature / read.inner)]! : 1);
  const [ofRow, ofOther] = rowsAre === 'outputs' ? [ofOutput, ofInput] : [ofInput, ofOutput];
  for (let row = 0, at = 0; row < rows; row++) {
    const first = firstOther(layer, row);
    const rowFactor = ofRow(row);
    for (let column = 0; column < columns; column++) {
      const factor = rowFactor * ofOther(first + column);
      for (const end = at + spatial; at < end; at++) scaled[at] = data[at]! * factor;
    }
  }
  writer.write(node, 1, scaled, shape);
  if (made && layer.bias) await divideBias(writer, layer, made);
}

async function divideBias(writer: ConstantWriter, { node }: LinearLayer, made: Float64Array): Promise<void> {
  const { data, shape } = await writer.read(node, 2);
  const spread = Float32Array.from(made, (scale, c) => data[data.length === 1 ? 0 : c]! / scale);
  writer.write(node, 2, spread, data.length === made.length ? shape : [made.length]);
}

/** Scale and bias of a normalization. */
async function divideVectors(writer: ConstantWriter, node: Node, scales: Float64Array): Promise<void> {
  for (let input = 1; input < node.inputs.length; input++) {
    if (node.inputs[input] === '') continue;
    const { data, shape } = await writer.read(node, input);
    writer.write(
      node,
      input,
      data.map((each, c) => each / scales[c]!),
      shape,
    );
  }
}

async function scaleShift(writer: ConstantWriter, shift: Shift, scales: Float64Array): Promise<void> {
  const { node, input, dimensions, inner } = shift;
  const { data, shape } = await writer.read(node, input);
  const features = scales.length * inner;
  const spread = Float32Array.from({ length: features }, (_, f) => {
    return data[data.length === 1 ? 0 : f]! / scales[Math.floor(f / inner)]!;
  });
  const leading = shape.slice(0, Math.max(shape.length - dimensions, 0));
  writer.write(node, input, spread, [...leading, features, ...new Array<number>(dimensions - 1).fill(1)]);
}

/** The greatest magnitude in each cell of a weight: [rows, columns]. */
export async function cellMagnitudes({ tensor, rows, columns, spatial }: LinearLayer): Promise<Float32Array> {
  const data = await floatsOf(tensor);
  const greatest = new Float32Array(rows * columns);
  for (let cell = 0, at = 0; cell < greatest.length; cell++) {
    let most = 0;
    for (const end = at + spatial; at < end; at++) most = Math.max(most, Math.abs(data[at]!));
    greatest[cell] = most;
  }
  return greatest;
}
