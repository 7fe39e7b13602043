import type { Layer } from '../../graph/layers.js';
import { commonSequence } from './commonSequence.js';
import type { LayerGraph } from './layerGraph.js';
import { familyKey, layerGraphOf, shapeKey } from './layerGraph.js';
import { neighbourhoodLabels } from './neighbourhoods.js';
import { risingPairs } from './risingPairs.js';
import { weightContent } from './weightContent.js';

/** What told that two layers are the same one. */
export type MatchedBy = 'name' | 'weights' | 'structure' | 'order';

/** A layer of each model, or null where the other has no such. */
export interface Match {
  readonly a: Layer | null;
  readonly b: Layer | null;
  readonly by: MatchedBy | null;
}

export interface Matching {
  readonly a: LayerGraph;
  readonly b: LayerGraph;
  /** Of each layer of a the position of its partner in b, and the other way round; -1 for none. */
  readonly partnerOfA: Int32Array;
  readonly partnerOfB: Int32Array;
  /** In the order of a, what b adds at its place. */
  readonly matches: readonly Match[];
}

/**
 * Finds for each layer the one that took its place in the other model, of the same kind of operator (a quantized form counts
 * as its original): by name, or one that quantizers derive from it; by the content of its weight; by its surroundings in
 * the graph; by names that exporters count up, where the surroundings agree; last by order. Nodes that only carry a
 * quantization belong to the layer they serve, and are left out unless both models have them. Takes about linear time.
 */
export async function matchLayers(a: readonly Layer[], b: readonly Layer[]): Promise<Matching> {
  const matcher = new Matcher(layerGraphOf(a), layerGraphOf(b));
  matcher.byKey('name', ({ name }) => (isCounted(name) ? '' : name));
  matcher.byKey('name', (layer) => originalName(layer));
  matcher.byKey('name', ({ node, scope }) => {
    const output = node.outputs[0] ?? '';
    return scope.owner || isCounted(node.name ?? '') || isCounted(output) ? '' : output;
  });
  await matcher.byContent();
  matcher.bySurroundings(shapeKey, deepest, deepest / 2);
  matcher.byKey('name', (layer) => `${layer.name}\n${shapeKey(layer)}`);
  matcher.spread(shapeKey);
  matcher.bySurroundings(shapeKey, deepest, 1);
  matcher.byKey('name', ({ name }) => name);
  matcher.bySurroundings(familyKey, deepest, 1);
  matcher.spread(familyKey);
  matcher.byOrder(shapeKey);
  matcher.byOrder(familyKey);
  return matcher.result();
}

/** Steps that surroundings reach at most. */
const deepest = 4;

/** onnxruntime's quantizer names the nodes it makes `<name>_quant`, and of a Gemm `<name>_MatMul`. */
function originalName({ name }: Layer): string {
  const original = name.replace(/_quant$/, '').replace(/_MatMul$/, '');
  return isCounted(original) ? '' : original;
}

/** A name that an exporter counted up (`Conv_12`, `p2o.Conv.12`) says little: one layer more, and all that follow are called otherwise. */
function isCounted(name: string): boolean {
  return /^(?:(?:\w+\.)?[A-Z][A-Za-z]*[_.])?\d+$/.test(name);
}

class Matcher {
  readonly #ofA: Int32Array;
  readonly #ofB: Int32Array;
  readonly #by: (MatchedBy | undefined)[];

  constructor(
    private readonly a: LayerGraph,
    private readonly b: LayerGraph,
  ) {
    this.#ofA = new Int32Array(a.layers.length).fill(-1);
    this.#ofB = new Int32Array(b.layers.length).fill(-1);
    this.#by = new Array<undefined>(a.layers.length).fill(undefined);
  }

  /** Matches what has the same key ('' is none): the first of each model. */
  byKey(by: MatchedBy, key: (layer: Layer) => string): void {
    const places = new Map<string, number>();
    for (const [j, layer] of this.b.layers.entries()) {
      if (this.#ofB[j]! >= 0) continue;
      const own = key(layer);
      if (own !== '' && !places.has(own)) places.set(own, j);
    }
    for (const [i, layer] of this.a.layers.entries()) {
      if (this.#ofA[i]! >= 0) continue;
      const j = places.get(key(layer));
      if (j === undefined || this.#ofB[j]! >= 0) continue;
      if (familyKey(layer) === familyKey(this.b.layers[j]!)) this.#join(i, j, by);
    }
  }

  /** Matches what has the same weight, where as many layers of a have it as of b. */
  async byContent(): Promise<void> {
    const contents = async (graph: LayerGraph, partners: Int32Array) => {
      const places = new Map<string, number[]>();
      for (const [i, layer] of graph.layers.entries()) {
        const content = partners[i]! >= 0 ? '' : await weightContent(layer);
        if (content === '') continue;
        const key = `${familyKey(layer)} ${content}`;
        const known = places.get(key);
        if (known) known.push(i);
        else places.set(key, [i]);
      }
      return places;
    };
    const inA = await contents(this.a, this.#ofA);
    if (inA.size === 0) return;
    const inB = await contents(this.b, this.#ofB);
    for (const [key, places] of inA) {
      const others = inB.get(key);
      if (others?.length !== places.length) continue;
      for (const [n, i] of places.entries()) this.#join(i, others[n]!, 'weights');
    }
  }

  /** Matches what alone has its surroundings in each model: those that agree within `most` steps first, `least` last. */
  bySurroundings(key: (layer: Layer) => string, most: number, least: number): void {
    if (this.#done()) return;
    const graphs = [this.a, this.b];
    const labels = neighbourhoodLabels(graphs, (g, i) => this.#label(g, i, key), most);
    for (let round = most; round >= least; round--) {
      const [inA, inB] = [this.a, this.b].map((_, g) => this.#unique(g, labels[g]![round]!));
      for (const [label, i] of inA!) {
        const j = inB!.get(label);
        if (i >= 0 && j !== undefined && j >= 0) this.#join(i, j, 'structure');
      }
    }
    this.spread(key);
  }

  /** Matches what stands at the same place beside a pair that is matched already. */
  spread(key: (layer: Layer) => string): void {
    if (this.#done()) return;
    const queue = Array.from(this.#ofA.keys()).filter((i) => this.#ofA[i]! >= 0);
    const join = (i: number, j: number) => {
      this.#join(i, j, 'structure');
      queue.push(i);
    };
    for (let next = 0; next < queue.length; next++) {
      const i = queue[next]!;
      const j = this.#ofA[i]!;
      for (const [n, wire] of this.a.wires[i]!.entries()) {
        const other = this.b.wires[j]![n];
        if (wire.from < 0 || !other || other.from < 0 || wire.output !== other.output) continue;
        if (!this.#free(wire.from, other.from)) continue;
        if (key(this.a.layers[wire.from]!) === key(this.b.layers[other.from]!)) join(wire.from, other.from);
      }
      const inA = this.#freeReaders(this.a, this.#ofA, i, key);
      if (inA.size === 0) continue;
      const inB = this.#freeReaders(this.b, this.#ofB, j, key);
      for (const [own, reader] of inA) {
        const other = inB.get(own);
        if (reader >= 0 && other !== undefined && other >= 0 && this.#free(reader, other)) join(reader, other);
      }
    }
  }

  /** Aligns what is left between matched layers: the longest common sequence of keys. */
  byOrder(key: (layer: Layer) => string): void {
    let [fromA, fromB] = [0, 0];
    for (const [i, j] of [...risingPairs(this.#ofA), [this.a.layers.length, this.b.layers.length] as const]) {
      const left = this.#freeBetween(this.a, this.#ofA, fromA, i);
      const right = this.#freeBetween(this.b, this.#ofB, fromB, j);
      const keys = [left.map((at) => key(this.a.layers[at]!)), right.map((at) => key(this.b.layers[at]!))] as const;
      for (const [m, n] of commonSequence(left.length, right.length, (m, n) => keys[0][m] === keys[1][n])) {
        this.#join(left[m]!, right[n]!, 'order');
      }
      [fromA, fromB] = [i + 1, j + 1];
    }
  }

  result(): Matching {
    const matches: Match[] = [];
    let shown = 0;
    const showAdded = (end: number) => {
      for (; shown < end; shown++) {
        if (this.#ofB[shown]! < 0 && !this.b.carries[shown]) {
          matches.push({ a: null, b: this.b.layers[shown]!, by: null });
        }
      }
    };
    for (const [i, layer] of this.a.layers.entries()) {
      const j = this.#ofA[i]!;
      if (j >= 0) showAdded(j);
      if (j >= 0 || !this.a.carries[i]) {
        matches.push({ a: layer, b: j < 0 ? null : this.b.layers[j]!, by: this.#by[i] ?? null });
      }
    }
    showAdded(this.b.layers.length);
    return { a: this.a, b: this.b, partnerOfA: this.#ofA, partnerOfB: this.#ofB, matches };
  }

  /** A matched pair is known to be one; what is left has the key of its kind. */
  #label(graph: number, position: number, key: (layer: Layer) => string): string {
    const { layers } = graph === 0 ? this.a : this.b;
    const pair = graph === 0 ? (this.#ofA[position]! >= 0 ? position : -1) : this.#ofB[position]!;
    return pair >= 0 ? `pair ${pair}` : key(layers[position]!);
  }

  /** Positions of labels that one free layer alone has; -1 for those that several have. */
  #unique(graph: number, labels: Int32Array): Map<number, number> {
    const { carries } = graph === 0 ? this.a : this.b;
    const partners = graph === 0 ? this.#ofA : this.#ofB;
    const places = new Map<number, number>();
    for (const [i, label] of labels.entries()) {
      if (partners[i]! < 0 && !carries[i]) places.set(label, places.has(label) ? -1 : i);
    }
    return places;
  }

  /** The free readers of a layer by their keys; -1 where several have the same. */
  #freeReaders(
    { readers, layers }: LayerGraph,
    partners: Int32Array,
    position: number,
    key: (layer: Layer) => string,
  ): Map<string, number> {
    const found = new Map<string, number>();
    for (const reader of new Set(readers[position])) {
      if (partners[reader]! >= 0) continue;
      const own = key(layers[reader]!);
      found.set(own, found.has(own) ? -1 : reader);
    }
    return found;
  }

  #freeBetween({ carries }: LayerGraph, partners: Int32Array, from: number, to: number): number[] {
    const places: number[] = [];
    for (let i = from; i < to; i++) if (partners[i]! < 0 && !carries[i]) places.push(i);
    return places;
  }

  #free(i: number, j: number): boolean {
    return this.#ofA[i]! < 0 && this.#ofB[j]! < 0;
  }

  #done(): boolean {
    const unmatched = ({ carries }: LayerGraph, partners: Int32Array) =>
      partners.some((partner, i) => partner < 0 && !carries[i]);
    return !unmatched(this.a, this.#ofA) || !unmatched(this.b, this.#ofB);
  }

  #join(i: number, j: number, by: MatchedBy): void {
    this.#ofA[i] = j;
    this.#ofB[j] = i;
    this.#by[i] = by;
  }
}
