import type { Layer, LayerWeight } from '../graph/layers.js';
import { FindingsCollector } from '../inspect/findings/findings.js';
import type { Finding, LayerCard } from '../inspect/inspection.js';
import { listedWeights, whyUnreadable } from '../inspect/layerCards.js';
import { channelAxisOf } from '../inspect/measureWeight.js';
import type { StatisticsPool } from '../inspect/statisticsPool.js';
import { english } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { StatisticsEvent, WeightSummary } from '../protocol/engineService.js';
import type { TensorStatistics } from '../tensor/measure.js';
import { mainWeight } from './layerTable.js';
import { MeasuredWeights } from './measuredWeights.js';
import type { StateFolder } from './stateFolder.js';
import { StatisticsTask } from './statisticsTask.js';
import { summaryOf } from './weightFigures.js';

/** Of the form of what is kept of a model's statistics; what is kept in another form is measured anew. */
const keptVersion = 3;

/** What is kept of a model that has been measured whole. */
export interface KeptStatistics {
  readonly version: number;
  readonly rows: readonly (readonly [index: number, summary: WeightSummary])[];
  readonly findings: readonly Finding[];
}

export async function findStatistics(state: StateFolder, contentKey: string): Promise<KeptStatistics | null> {
  const kept = (await state.read('statistics', contentKey)) as KeptStatistics | null;
  return kept?.version === keptVersion ? kept : null;
}

/** The statistics of the weights of an open model, and the findings drawn from them; kept on disk once all is measured. */
export class ModelStatistics {
  readonly #task: StatisticsTask;
  readonly #collector: FindingsCollector;
  readonly #weights: readonly (readonly LayerWeight[])[];
  readonly #summaries = new Map<LayerWeight, WeightSummary>();
  readonly #closing = new AbortController();
  readonly #measured: MeasuredWeights;
  #findings: Promise<readonly Finding[]> | undefined;

  /** `cards`: one a layer, in the same order. */
  constructor(
    private readonly contentKey: string,
    private readonly layers: readonly Layer[],
    private readonly cards: readonly LayerCard[],
    private readonly state: StateFolder,
    private readonly pool: StatisticsPool,
    kept: KeptStatistics | null,
  ) {
    this.#weights = sharedOnce(layers.map(listedWeights));
    const measurable = [...layers.keys()].filter((index) => this.#measurableWeights(index).length > 0);
    this.#measured = new MeasuredWeights(contentKey, pool, state, this.#closing.signal);
    const measureLayer = (index: number, signal: AbortSignal) => this.#measureLayer(index, signal);
    this.#task = new StatisticsTask(measurable, new Map(kept?.rows), measureLayer, pool.threads);
    this.#collector = new FindingsCollector(layers);
    this.#findings = kept ? Promise.resolve(kept.findings) : undefined;
  }

  /** What is known by now, by layer. */
  get summaries(): ReadonlyMap<number, WeightSummary> {
    return this.#task.summaries;
  }

  /** Measures all layers, those of `first` before the rest, and then looks for findings beside other work. */
  async measure(first: readonly number[], emit: (event: StatisticsEvent) => void, signal: AbortSignal): Promise<void> {
    await this.#task.listen(first, emit, signal);
    // Whoever asks for the findings hears why they failed.
    this.#conclude().catch(() => undefined);
  }

  measureAll(signal: AbortSignal): Promise<void> {
    return this.#task.listen([], () => undefined, signal);
  }

  /** Of the whole model: measures what is not measured yet. */
  async findings(signal: AbortSignal): Promise<readonly Finding[]> {
    await this.measureAll(signal);
    return this.#conclude();
  }

  named(index: number, name: string): { layer: Layer; weight: LayerWeight } {
    const layer = this.layers[index];
    if (!layer) throw new Failure('engine.no-layer', { layer: index });
    const at = this.cards[index]!.weights.findIndex((candidate) => candidate.name === name);
    const weight = this.#weights[index]?.[at];
    if (!weight) throw new Failure('engine.no-weight', { layer: layer.name, weight: name });
    return { layer, weight };
  }

  async figuresOfNamed(index: number, name: string, signal: AbortSignal): Promise<TensorStatistics> {
    const { layer, weight } = this.named(index, name);
    const why = whyUnreadable(weight);
    if (why) throw new Failure('engine.unmeasurable', { layer: layer.name, weight: name, why: english(why) });
    return this.#figures(index, weight, signal);
  }

  /** Resolves when nothing reads any more; whoever waits is told that it was cancelled. */
  async close(): Promise<void> {
    this.#closing.abort(new Failure('cancelled'));
    await this.#task.close();
    await this.#findings?.catch(() => undefined);
  }

  #measurableWeights(index: number): LayerWeight[] {
    return this.#weights[index]!.filter((weight) => !whyUnreadable(weight));
  }

  /** Measures all weights of a layer; the summary is that of its largest. */
  async #measureLayer(index: number, signal: AbortSignal): Promise<WeightSummary | undefined> {
    const layer = this.layers[index]!;
    for (const weight of this.#measurableWeights(index)) {
      if (this.#summaries.has(weight)) continue;
      const statistics = await this.#figures(index, weight, signal);
      this.#summaries.set(weight, summaryOf(statistics));
      this.#collector.add({ layer, weight, statistics });
    }
    const main = this.#weights[index]![mainWeight(this.cards[index]!)];
    return main && this.#summaries.get(main);
  }

  #figures(index: number, weight: LayerWeight, signal: AbortSignal): Promise<TensorStatistics> {
    const name = `${index}-${this.#weights[index]!.indexOf(weight)}`;
    return this.#measured.figures(this.layers[index]!, weight, name, signal);
  }

  /** Draws the findings from a model that has been measured whole, and keeps all that was measured; once. */
  #conclude(): Promise<readonly Finding[]> {
    if (this.#findings) return this.#findings;
    const { pool } = this;
    const concluding = this.#collector.findings({ pool, signal: this.#closing.signal }).then(async (findings) => {
      const kept: KeptStatistics = { version: keptVersion, rows: [...this.summaries], findings };
      await this.state.write('statistics', this.contentKey, kept);
      await this.state.tidyKind('figures');
      return findings;
    });
    this.#findings = concluding;
    concluding.catch(() => (this.#findings = undefined));
    return concluding;
  }
}

/** The weights of each layer; where layers share one and read it alike, they get the same object, to be measured once. */
function sharedOnce(weights: readonly (readonly LayerWeight[])[]): LayerWeight[][] {
  const first = new Map<LayerWeight['owner'], LayerWeight[]>();
  const known = (weight: LayerWeight) => {
    // What integers stand for depends on the reader.
    if (weight.quantization) return weight;
    const readers = first.get(weight.owner) ?? [];
    first.set(weight.owner, readers);
    const same = readers.find((other) => channelAxisOf(other) === channelAxisOf(weight));
    if (!same) readers.push(weight);
    return same ?? weight;
  };
  return weights.map((list) => list.map(known));
}
