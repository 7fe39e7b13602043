import type { Layer, LayerWeight } from '../graph/layers.js';
import { abortable } from '../threads/inLanes.js';
import { measureWeight } from '../inspect/measureWeight.js';
import type { StatisticsPool } from '../inspect/statisticsPool.js';
import type { TensorStatistics } from '../tensor/measure.js';
import { readFigures, writeFigures } from './keptFigures.js';
import type { StateFolder } from './stateFolder.js';

/** Weights whose full figures are kept in memory. */
const keptInMemory = 24;
/** Those of smaller weights are measured anew sooner than anybody waits, also from a slow disk. */
const leastKeptBytes = 4 << 20;

interface Measuring {
  readonly result: Promise<TensorStatistics>;
  readonly controller: AbortController;
  waiting: number;
}

/** The full figures of the weights of a file: the latest from memory, those of large weights from disk, the others measured. */
export class MeasuredWeights {
  readonly #known = new Map<LayerWeight, TensorStatistics>();
  readonly #measuring = new Map<LayerWeight, Measuring>();

  /** `contentKey` tells the file's content; `closing` ends all measuring. */
  constructor(
    private readonly contentKey: string,
    private readonly pool: StatisticsPool,
    private readonly state: StateFolder,
    private readonly closing: AbortSignal,
  ) {}

  /**
   * The figures of a weight, which `name` tells from the others of the file. It is measured once for all who ask; it is given
   * up when all of them have.
   */
  async figures(layer: Layer, weight: LayerWeight, name: string, signal: AbortSignal): Promise<TensorStatistics> {
    signal.throwIfAborted();
    const known = this.#known.get(weight);
    if (known) {
      this.#remember(weight, known);
      return known;
    }
    const measuring = this.#measuring.get(weight) ?? this.#begin(layer, weight, name);
    measuring.waiting++;
    try {
      return await abortable(measuring.result, signal);
    } finally {
      if (--measuring.waiting === 0) {
        measuring.controller.abort();
        if (this.#measuring.get(weight) === measuring) this.#measuring.delete(weight);
      }
    }
  }

  #begin(layer: Layer, weight: LayerWeight, name: string): Measuring {
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.closing]);
    const result = this.#find(layer, weight, `${this.contentKey}-${name}`, signal).then((statistics) => {
      this.#remember(weight, statistics);
      return statistics;
    });
    const measuring = { result, controller, waiting: 0 };
    this.#measuring.set(weight, measuring);
    return measuring;
  }

  async #find(layer: Layer, weight: LayerWeight, key: string, signal: AbortSignal): Promise<TensorStatistics> {
    const isKept = weight.bytes >= leastKeptBytes;
    const kept = isKept ? await readFigures(this.state, key) : null;
    if (kept) return kept;
    const statistics = await measureWeight(layer, weight, { pool: this.pool, signal });
    // A folder that cannot be written to is one without memory.
    if (isKept) await writeFigures(this.state, key, statistics).catch(() => undefined);
    return statistics;
  }

  #remember(weight: LayerWeight, statistics: TensorStatistics): void {
    this.#known.delete(weight);
    this.#known.set(weight, statistics);
    for (const oldest of [...this.#known.keys()].slice(0, -keptInMemory)) this.#known.delete(oldest);
  }
}
