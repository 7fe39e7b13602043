import type { Layer } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { WeightError } from '../comparison.js';
import { foldedNormalizations } from '../foldedNormalization.js';
import type { LayerGraph } from '../matching/layerGraph.js';
import { lonelyReader } from '../matching/layerGraph.js';
import type { Matching } from '../matching/matchLayers.js';
import { argumentChanges } from './argumentChanges.js';
import { attributeChanges } from './attributeChanges.js';
import { areFactors } from './factors.js';
import { weightChanges } from './weightChanges.js';
import { wiringChanges } from './wiringChanges.js';

/** What differs between the layers of two models that were matched, and why layers came or went. */
export class LayerChanges {
  readonly #positionsA: ReadonlyMap<Layer, number>;
  readonly #positionsB: ReadonlyMap<Layer, number>;

  constructor(private readonly matching: Matching) {
    this.#positionsA = new Map(matching.a.layers.map((layer, i) => [layer, i]));
    this.#positionsB = new Map(matching.b.layers.map((layer, i) => [layer, i]));
  }

  /** Of a matched pair; the error is that of its largest weight. Nothing is listed where they are the same. */
  async ofPair(a: Layer, b: Layer, signal?: AbortSignal): Promise<{ error: WeightError | null; list: Message[] }> {
    const { matching } = this;
    const [i, j] = [this.#positionsA.get(a)!, this.#positionsB.get(b)!];
    const [foldA, foldB] = await foldedNormalizations(matching, i, j);
    const list: Message[] = [];
    const isSameOperator = a.node.opType === b.node.opType && a.node.domain === b.node.domain;
    if (!isSameOperator) {
      list.push(sentence('evaluate.change.operator', { before: a.node.opType, after: b.node.opType }));
    }
    if (foldA) list.push(sentence('evaluate.change.folded', { normalization: foldA.layer.name }));
    if (foldB) list.push(sentence('evaluate.change.unfolded', { normalization: foldB.layer.name }));
    const weights = await weightChanges({ layer: a, folded: foldA }, { layer: b, folded: foldB }, signal);
    list.push(...weights.list);
    if (isSameOperator) list.push(...attributeChanges(a.node, b.node), ...(await argumentChanges(a, b)));
    list.push(...wiringChanges(matching, i, j));
    return { error: weights.error, list };
  }

  /** Where the work of a layer went that b does not have, as far as that is known. */
  ofRemoved(layer: Layer): Message[] {
    const { a, b, partnerOfA } = this.matching;
    const before = this.#matchedBefore(a, partnerOfA, this.#positionsA.get(layer)!);
    if (before === undefined) return [];
    const partner = b.layers[partnerOfA[before]!]!;
    if (layer.node.is('BatchNormalization')) return [sentence('evaluate.gone.folded', { layer: partner.name })];
    const isClipping = layer.node.is('Relu') || layer.node.is('Clip');
    return isClipping && isQuantizedAfter(partner) ? [sentence('evaluate.gone.range', { layer: partner.name })] : [];
  }

  /** What a layer does that only b has, as far as that is known. */
  ofAdded(layer: Layer): Message[] {
    const { a, b, partnerOfB } = this.matching;
    const position = this.#positionsB.get(layer)!;
    const before = this.#matchedBefore(b, partnerOfB, position);
    const after = lonelyReader(b, position);
    if (before !== undefined) {
      const partner = a.layers[partnerOfB[before]!]!;
      if (layer.node.is('BatchNormalization')) return [sentence('evaluate.new.unfolded', { layer: partner.name })];
      const hadBias = partner.weights.some(({ role }) => role === 'bias');
      if (layer.node.is('Add') && hadBias && layer.weights.length > 0) {
        return [sentence('evaluate.new.bias', { layer: partner.name })];
      }
    }
    for (const [first, second] of [
      [before, position],
      [position, after],
    ]) {
      if (first === undefined || second === undefined) continue;
      const matched = partnerOfB[first === position ? second : first]!;
      if (matched < 0) continue;
      const original = a.layers[matched]!;
      if (areFactors(original, b.layers[first]!, b.layers[second]!)) {
        return [sentence('evaluate.new.factor', { layer: original.name })];
      }
    }
    return [];
  }

  /** The matched layer that this one follows, with nothing else that reads it on the way. */
  #matchedBefore(graph: LayerGraph, partners: Int32Array, position: number): number | undefined {
    for (let at = position; ;) {
      const [wire, ...more] = graph.wires[at]!;
      if (!wire || more.length > 0 || wire.from < 0 || lonelyReader(graph, wire.from) !== at) return undefined;
      if (partners[wire.from]! >= 0) return wire.from;
      at = wire.from;
    }
  }
}

/** Is what the layer makes brought to integers, by itself or right after it? */
function isQuantizedAfter({ node, graph }: Layer): boolean {
  if (node.opType.startsWith('QLinear') || node.opType === 'QGemm') return true;
  const uses = graph.uses(node.outputs[0] ?? '');
  return uses.some((use) => use.node.is('QuantizeLinear'));
}
