/** What of a model is odd, broken, or could be saved, in sentences. */
import type { Layer, LayerWeight } from '../../graph/layers.js';
import type { TensorStatistics } from '../../tensor/measure.js';
import { distinctWeights } from '../../graph/layers.js';
import { inLanes } from '../../threads/inLanes.js';
import type { Finding } from '../inspection.js';
import { listedWeights } from '../layerCards.js';
import type { StatisticsPool } from '../statisticsPool.js';
import { contentFindings } from './contentFindings.js';
import { duplicateFindings } from './duplicateFindings.js';
import { distributionFindings } from './distributionFindings.js';
import { graphFindings } from './graphFindings.js';
import type { MeasuredWeight, RankedFinding } from './rankedFinding.js';
import { storageFindings } from './storageFindings.js';
import type { ReadableWeight, WeightContent } from './weightContent.js';
import { isWorthReading, matrixOf, readable, weightContent } from './weightContent.js';

/** What is broken first, then by the bytes that mending it would save, then by the bytes it speaks of. */
export function inOrder(findings: readonly RankedFinding[]): Finding[] {
  const sorted = [...findings].sort(
    (a, b) =>
      Number(b.broken ?? false) - Number(a.broken ?? false) ||
      b.savedBytes - a.savedBytes ||
      b.concernedBytes - a.concernedBytes,
  );
  return sorted.map(({ layer, kind, message, savedBytes, broken, shows, mend }) => ({
    layer,
    kind,
    message,
    savedBytes,
    ...(broken && { broken }),
    ...(shows && { shows }),
    ...(mend && { mend }),
  }));
}

/** Findings that were put in order before, and more that came to be known since. */
export function withMore(findings: readonly Finding[], more: readonly RankedFinding[]): Finding[] {
  if (more.length === 0) return [...findings];
  const merged = [...findings, ...inOrder(more)];
  return merged.sort((a, b) => Number(b.broken ?? false) - Number(a.broken ?? false) || b.savedBytes - a.savedBytes);
}

/** The findings that need no statistics; `more` are those on a target, or on activations. */
export function findingsBeforeMeasuring(layers: readonly Layer[], more: readonly RankedFinding[] = []): Finding[] {
  return inOrder([...withoutNumbers(layers), ...more]);
}

/** Matrices whose rank is looked for: the heaviest. */
const mostMatrices = 64;

export interface FindingsOptions {
  /** Reads the larger weights; without one all are read on this thread. */
  readonly pool?: StatisticsPool;
  readonly signal?: AbortSignal;
  /** Hears the share of the reading that is done, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Gathers findings as the weights of a model are measured, in any order. A weight that layers share is looked at once. */
export class FindingsCollector {
  readonly #found: readonly RankedFinding[];
  readonly #order: ReadonlyMap<LayerWeight['owner'], number>;
  readonly #ofWeights: { readonly weight: LayerWeight; readonly found: readonly RankedFinding[] }[] = [];
  readonly #measured = new Map<LayerWeight['owner'], Omit<MeasuredWeight, 'statistics'> & { fingerprint: string }>();
  readonly #readable = new Map<LayerWeight['owner'], ReadableWeight>();

  constructor(
    private readonly layers: readonly Layer[],
    more: readonly RankedFinding[] = [],
  ) {
    this.#found = [...withoutNumbers(layers), ...more];
    const owners = new Set(layers.flatMap((layer) => listedWeights(layer).map(({ owner }) => owner)));
    this.#order = new Map([...owners].map((owner, i) => [owner, i]));
  }

  add(measured: MeasuredWeight): void {
    const { layer, weight, statistics } = measured;
    if (this.#measured.has(weight.owner)) return;
    this.#measured.set(weight.owner, { layer, weight, fingerprint: fingerprint(weight, statistics) });
    if (isWorthReading(measured)) this.#readable.set(weight.owner, readable(measured));
    this.#ofWeights.push({ weight, found: distributionFindings(measured) });
  }

  /**
   * All findings on the weights added so far. Some weights are read for it: those that look equal, to compare them, and
   * those whose numbers may have more in common.
   */
  async findings({ pool, signal, onProgress }: FindingsOptions = {}): Promise<Finding[]> {
    const [duplicates, contents] = await Promise.all([
      duplicateFindings(this.#inFileOrder(this.#measured.values()), signal),
      this.#contents({ pool, signal, onProgress }),
    ]);
    const parameters = distinctWeights(this.layers).filter(({ isParameter }) => isParameter);
    const ofWeights = this.#inFileOrder(this.#ofWeights).flatMap(({ found }) => found);
    return inOrder([...this.#found, ...ofWeights, ...duplicates, ...contentFindings(contents, parameters.length)]);
  }

  async #contents({ pool, signal, onProgress }: FindingsOptions): Promise<WeightContent[]> {
    const matrices = [...this.#readable.values()].filter(({ layer, weight }) => matrixOf(layer, weight));
    const heaviest = new Set(matrices.sort((a, b) => b.weight.bytes - a.weight.bytes).slice(0, mostMatrices));
    const readables = this.#inFileOrder(this.#readable.values());
    const total = readables.reduce((sum, { weight }) => sum + weight.bytes, 0);
    let done = 0;
    return inLanes(readables, pool?.threads ?? 1, signal, async (each) => {
      const content = await weightContent(each, { rank: heaviest.has(each), pool, signal });
      done += each.weight.bytes;
      onProgress?.(done / total);
      return content;
    });
  }

  #inFileOrder<T extends { readonly weight: LayerWeight }>(of: Iterable<T>): T[] {
    const place = ({ weight }: T) => this.#order.get(weight.owner)!;
    return [...of].sort((a, b) => place(a) - place(b));
  }
}

function withoutNumbers(layers: readonly Layer[]): RankedFinding[] {
  return [...storageFindings(layers), ...graphFindings(layers)];
}

/**
 * Equal for weights of equal bytes, and hardly ever else. The last digits of a deviation change with the axis of the channels
 * along which it was measured.
 */
function fingerprint({ tensor }: LayerWeight, { count, min, max, std, zeros }: TensorStatistics): string {
  return [tensor.elementType, tensor.shape.join('x'), count, min, max, std.toPrecision(9), zeros].join(' ');
}

export type { MeasuredWeight, RankedFinding };
