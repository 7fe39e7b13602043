import type { Layer } from '../graph/layers.js';
import type { Node } from '../graph/node.js';

/** A layer of each model, or null where the other has no such. */
export interface Match {
  readonly a: Layer | null;
  readonly b: Layer | null;
}

/**
 * Finds for each layer the one that took its place in the other model: by name, by a name that quantizers derive from it,
 * by the name of its output, and between those that are found by operator and order. What only carries a quantization
 * (QuantizeLinear, DequantizeLinear, the Cast and Mul after an integer product) belongs to the layer it serves, and
 * is left out unless both models have it. The matches are in the order of a, what b adds at its place.
 */
export function matchLayers(a: readonly Layer[], b: readonly Layer[]): Match[] {
  const matcher = new Matcher(a, b);
  matcher.matchBy(({ name }) => name);
  matcher.matchBy(originalName);
  matcher.matchBy(({ node, scope }) => (scope.owner ? '' : (node.outputs[0] ?? '')));
  matcher.matchByOrder();
  return matcher.result();
}

/** The operator that a quantized form computes. */
export function operatorFamily(opType: string): string {
  const family = opType
    .replace(/^(QLinear|DynamicQuantize)/, '')
    .replace(/(Integer|IntegerToFloat|NBits)$/, '')
    .replace(/^QGemm$/, 'Gemm');
  return family === 'Gemm' ? 'MatMul' : family;
}

/** onnxruntime's quantizer names the nodes it makes `<name>_quant`, and of a Gemm `<name>_MatMul`. */
function originalName({ name }: Layer): string {
  return name.replace(/_quant$/, '').replace(/_MatMul$/, '');
}

const quantizers = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);
const integerProducts = new Set(['MatMulInteger', 'ConvInteger']);

function servesQuantization({ node, graph }: Layer): boolean {
  if (quantizers.has(node.opType)) return true;
  if (isCastOfProduct(node, graph)) return true;
  if (!node.is('Mul')) return false;
  return node.inputs.some((value) => {
    const producer = graph.producer(value);
    return producer?.is('DynamicQuantizeLinear') || (producer && isCastOfProduct(producer, graph));
  });
}

function isCastOfProduct(node: Node, graph: Layer['graph']): boolean {
  return node.is('Cast') && integerProducts.has(graph.producer(node.inputs[0] ?? '')?.opType ?? '');
}

/** Larger gaps between matched layers are aligned by taking the next of the same operator. */
const LARGEST_TABLE = 4e6;

class Matcher {
  readonly #ofA: (number | undefined)[];
  readonly #ofB: (number | undefined)[];

  constructor(
    private readonly a: readonly Layer[],
    private readonly b: readonly Layer[],
  ) {
    this.#ofA = new Array<undefined>(a.length).fill(undefined);
    this.#ofB = new Array<undefined>(b.length).fill(undefined);
  }

  /** Matches what is still alone, has the same key ('' is none) and computes the same. */
  matchBy(key: (layer: Layer) => string): void {
    const places = new Map<string, number>();
    for (const [j, layer] of this.b.entries()) {
      const own = key(layer);
      if (this.#ofB[j] === undefined && own !== '' && !places.has(own)) places.set(own, j);
    }
    for (const [i, layer] of this.a.entries()) {
      const j = places.get(key(layer));
      if (this.#ofA[i] !== undefined || j === undefined || this.#ofB[j] !== undefined) continue;
      if (sameFamily(layer, this.b[j]!)) this.#join(i, j);
    }
  }

  /** Aligns what is left between matched layers: the longest common sequence of operators. */
  matchByOrder(): void {
    let [fromA, fromB] = [0, 0];
    for (const [i, j] of [...this.#risingMatches(), [this.a.length, this.b.length] as const]) {
      this.#align(this.#free(this.a, this.#ofA, fromA, i), this.#free(this.b, this.#ofB, fromB, j));
      [fromA, fromB] = [i + 1, j + 1];
    }
  }

  result(): Match[] {
    const matches: Match[] = [];
    let shown = 0;
    const showAdded = (end: number) => {
      for (; shown < end; shown++) {
        const layer = this.b[shown]!;
        if (this.#ofB[shown] === undefined && !servesQuantization(layer)) matches.push({ a: null, b: layer });
      }
    };
    for (const [i, layer] of this.a.entries()) {
      const j = this.#ofA[i];
      if (j !== undefined) showAdded(j);
      if (j !== undefined || !servesQuantization(layer)) {
        matches.push({ a: layer, b: j === undefined ? null : this.b[j]! });
      }
    }
    showAdded(this.b.length);
    return matches;
  }

  /** Matches in the order of a whose places in b rise, greedily. */
  #risingMatches(): [number, number][] {
    const rising: [number, number][] = [];
    let last = -1;
    for (const [i, j] of this.#ofA.entries()) {
      if (j === undefined || j <= last) continue;
      rising.push([i, j]);
      last = j;
    }
    return rising;
  }

  #free(layers: readonly Layer[], matched: readonly (number | undefined)[], from: number, to: number): number[] {
    const places: number[] = [];
    for (let i = from; i < to; i++) {
      if (matched[i] === undefined && !servesQuantization(layers[i]!)) places.push(i);
    }
    return places;
  }

  #align(placesA: readonly number[], placesB: readonly number[]): void {
    const same = (i: number, j: number) => sameFamily(this.a[placesA[i]!]!, this.b[placesB[j]!]!);
    const pairs =
      placesA.length * placesB.length <= LARGEST_TABLE
        ? longestCommonSequence(placesA.length, placesB.length, same)
        : nextOfTheSame(placesA.length, placesB.length, same);
    for (const [i, j] of pairs) this.#join(placesA[i]!, placesB[j]!);
  }

  #join(i: number, j: number): void {
    this.#ofA[i] = j;
    this.#ofB[j] = i;
  }
}

function sameFamily(a: Layer, b: Layer): boolean {
  return operatorFamily(a.node.opType) === operatorFamily(b.node.opType);
}

function longestCommonSequence(
  lengthA: number,
  lengthB: number,
  same: (i: number, j: number) => boolean,
): [number, number][] {
  if (lengthA === 0 || lengthB === 0) return [];
  const width = lengthB + 1;
  const longest = new Uint32Array((lengthA + 1) * width);
  for (let i = lengthA - 1; i >= 0; i--) {
    for (let j = lengthB - 1; j >= 0; j--) {
      longest[i * width + j] = same(i, j)
        ? longest[(i + 1) * width + j + 1]! + 1
        : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < lengthA && j < lengthB;) {
    if (same(i, j)) pairs.push([i++, j++]);
    else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

const LOOK_AHEAD = 100;

function nextOfTheSame(lengthA: number, lengthB: number, same: (i: number, j: number) => boolean): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0, from = 0; i < lengthA; i++) {
    for (let j = from; j < Math.min(lengthB, from + LOOK_AHEAD); j++) {
      if (!same(i, j)) continue;
      pairs.push([i, j]);
      from = j + 1;
      break;
    }
  }
  return pairs;
}
