/** What of a model is odd, broken, or could be saved, in sentences. */
import type { Layer, LayerWeight } from '../../graph/layers.js';
import type { TensorStatistics } from '../../tensor/measure.js';
import { duplicateFindings } from './duplicateFindings.js';
import { distributionFindings } from './distributionFindings.js';
import type { Finding } from '../inspection.js';
import type { MeasuredWeight, RankedFinding } from './rankedFinding.js';
import { storageFindings } from './storageFindings.js';

/** What is broken first, then by the bytes that mending it would save, then by the bytes it speaks of. */
export function inOrder(findings: readonly RankedFinding[]): Finding[] {
  const sorted = [...findings].sort(
    (a, b) =>
      Number(b.broken ?? false) - Number(a.broken ?? false) ||
      b.savedBytes - a.savedBytes ||
      b.concernedBytes - a.concernedBytes,
  );
  return sorted.map(({ layer, kind, message, savedBytes }) => ({ layer, kind, message, savedBytes }));
}

/** The findings that need no statistics. */
export function findingsBeforeMeasuring(layers: readonly Layer[]): Finding[] {
  return inOrder(storageFindings(layers));
}

/** Gathers findings as the weights of a model are measured, in any order. A weight that layers share is looked at once. */
export class FindingsCollector {
  readonly #found: RankedFinding[];
  readonly #measured = new Map<LayerWeight['owner'], Omit<MeasuredWeight, 'statistics'> & { fingerprint: string }>();

  constructor(private readonly layers: readonly Layer[]) {
    this.#found = storageFindings(layers);
  }

  add(measured: MeasuredWeight): void {
    const { layer, weight, statistics } = measured;
    if (this.#measured.has(weight.owner)) return;
    this.#measured.set(weight.owner, { layer, weight, fingerprint: fingerprint(weight, statistics) });
    this.#found.push(...distributionFindings(measured));
  }

  /** All findings, with the duplicates among the weights added so far: those that look equal are read and compared. */
  async findings(signal?: AbortSignal): Promise<Finding[]> {
    const order = new Map(this.layers.map((layer, i) => [layer, i]));
    const measured = [...this.#measured.values()].sort((a, b) => order.get(a.layer)! - order.get(b.layer)!);
    return inOrder([...this.#found, ...(await duplicateFindings(measured, signal))]);
  }
}

/** Equal for weights of equal bytes, and hardly ever else. */
function fingerprint({ tensor }: LayerWeight, { count, min, max, mean, std, zeros }: TensorStatistics): string {
  return [tensor.elementType, tensor.shape.join('x'), count, min, max, mean, std, zeros].join(' ');
}

export type { MeasuredWeight };
