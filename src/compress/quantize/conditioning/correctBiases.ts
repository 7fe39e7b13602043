/** Bias correction: what rounding weights adds to the mean of each channel is taken out of the bias again. */
import { copyModel } from '../../../graph/copy.js';
import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { topologicalOrder } from '../../../graph/sort.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { BiasPlace } from './biasPlaces.js';
import { biasPlaces } from './biasPlaces.js';
import { ConstantWriter } from './channelScales.js';

export interface Corrected {
  readonly model: Model;
  readonly notes: readonly Message[];
}

/** Tells the mean of each output channel of layers, of a model with these weights in place of its own. */
export type MeansOf = (
  model: Model,
  weights: ReadonlyMap<string, Float32Array>,
  layers: readonly LinearLayer[],
) => Promise<ReadonlyMap<LinearLayer, Float64Array>>;

/**
 * A copy of the prepared model whose biases make up for the rounding of weights: with W the weights and Q what their
 * integers stand for, b - (E[y_Q] - E[y_W]) in each channel, one layer after the other, each with all before it rounded and
 * corrected (Nagel et al. 2019, section 4.2 and appendix D). `weights` holds Q by initializer, in the order of its
 * elements.
 */
export async function correctBiases(
  model: Model,
  weights: ReadonlyMap<string, Float32Array>,
  meansOf: MeansOf,
  signal?: AbortSignal,
): Promise<Corrected> {
  const copy = copyModel(model);
  const { places, without } = biasPlaces(copy);
  const rounded = places.filter(({ layer }) => weights.has(layer.weight));
  if (rounded.length === 0) return { model, notes: [] };
  const writer = new ConstantWriter(copy.graph, new Names(copy));
  const wanted = await meansOf(copy, new Map(), layersOf(rounded));
  for (const level of levels(copy, rounded)) {
    signal?.throwIfAborted();
    const found = await meansOf(copy, weights, layersOf(level));
    for (const place of level) {
      const [now, before] = [found.get(place.layer), wanted.get(place.layer)];
      if (now && before) await subtract(writer, place, now, before);
    }
  }
  return {
    model: copy,
    notes: notesOf(
      rounded,
      without.filter(({ weight }) => weights.has(weight)),
    ),
  };
}

const layersOf = (places: readonly BiasPlace[]) => places.map(({ layer }) => layer);

async function subtract(writer: ConstantWriter, place: BiasPlace, found: Float64Array, wanted: Float64Array) {
  const { node, input, factor } = place;
  const { data, shape } = await writer.read(node, input);
  const corrected = Float32Array.from(wanted, (mean, c) => {
    const bias = data[data.length === 1 ? 0 : c]!;
    const shift = (found[c]! - mean) / factor;
    return Number.isFinite(shift) ? bias - shift : bias;
  });
  writer.write(node, input, corrected, data.length === corrected.length ? shape : [corrected.length]);
}

/** Layers by how many others lie before them at most: those of a level do not depend on each other. */
function levels({ graph }: Model, places: readonly BiasPlace[]): BiasPlace[][] {
  const placeOf = new Map(places.map((place) => [place.layer.node, place]));
  const depths = new Map<Node, number>();
  const found: BiasPlace[][] = [];
  const visit = (node: Node): void => {
    const before = node.inputs.map((value) => graph.producer(value)).filter((each) => each !== undefined);
    const place = placeOf.get(node);
    const depth = Math.max(0, ...before.map((each) => depths.get(each) ?? 0));
    depths.set(node, place ? depth + 1 : depth);
    if (place) (found[depth] ??= []).push(place);
  };
  topologicalOrder(graph).order.forEach(visit);
  return found;
}

function notesOf(rounded: readonly BiasPlace[], without: readonly LinearLayer[]): Message[] {
  const notes = [sentence('compress.quantize.note.biases-corrected', { count: rounded.length })];
  if (without.length > 0) {
    const layers = without.map(({ node }) => node.name || node.outputs[0]).join(', ');
    notes.push(sentence('compress.quantize.note.no-bias-to-correct', { count: without.length, layers }));
  }
  return notes;
}
