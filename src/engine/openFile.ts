import { english } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Inference } from '../graph/inference/inference.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { activationFindings } from '../inspect/findings/activationFindings.js';
import type { RankedFinding } from '../inspect/findings/findings.js';
import { FindingsCollector, withMore } from '../inspect/findings/findings.js';
import type { ExportedLayer } from '../inspect/export/layersTable.js';
import { graphFaults } from '../inspect/graphFaults.js';
import { inspectStructure } from '../inspect/inspectModel.js';
import type { Finding, LayerCard, ModelCard } from '../inspect/inspection.js';
import { listedWeights, whyUnreadable } from '../inspect/layerCards.js';
import { channelAxisOf } from '../inspect/measureWeight.js';
import type { StatisticsPool } from '../inspect/statisticsPool.js';
import { wholeBytes } from '../inspect/wholeBytes.js';
import type { OpenedModel as OpenedOnnx } from '../onnx/openModel.js';
import { openModel } from '../onnx/openModel.js';
import type {
  LayerQuery,
  LayerRow,
  OpenedModel,
  StatisticsEvent,
  TableQuery,
  TableRow,
  WeightDetail,
  WeightSummary,
} from '../protocol/engineService.js';
import type { ActivationDetail, ActivationsCard } from '../protocol/activationCalls.js';
import type { ProfileCard } from '../protocol/profileCalls.js';
import type { TensorStatistics } from '../tensor/measure.js';
import type { KeptActivations } from './activations.js';
import { findLayerErrors } from './comparisonErrors.js';
import { findActivations, LayerActivations } from './activations.js';
import type { ExportSource } from './exports.js';
import type { WatchedFile } from './fileWatch.js';
import { stamp } from './fileWatch.js';
import type { TableEntry } from './layerGroups.js';
import { findRows } from './layerGroups.js';
import type { MeasuredFigures } from './layerTable.js';
import { findLayers, isMeasured, mainWeight } from './layerTable.js';
import type { LayoutPool } from './layoutPool.js';
import { ModelDiagram } from './modelDiagram.js';
import type { StateFolder } from './stateFolder.js';
import type { KeptProfile } from './profiles.js';
import { findProfile, withProfiledCost } from './profiles.js';
import { MeasuredWeights } from './measuredWeights.js';
import { StatisticsTask } from './statisticsTask.js';
import { detailOf, summaryOf } from './weightFigures.js';

/** Of the form of what is kept of a model's statistics; what is kept in another form is measured anew. */
const statisticsVersion = 3;

/** What is kept of a model that has been measured whole. */
interface KeptStatistics {
  readonly version: number;
  readonly rows: readonly (readonly [index: number, summary: WeightSummary])[];
  readonly findings: readonly Finding[];
}

/** Rows of one answer, and names in the lists of a row: about 200 KB at most. */
const rowsPerAnswer = 256;
const namesPerRow = 64;
/** Findings of one answer. */
const findingsPerAnswer = 200;

/** A model file that is open: its table, its statistics, its weights. */
export class OpenFile {
  readonly description: Omit<OpenedModel, 'model'>;
  readonly diagram: ModelDiagram;
  readonly #statistics: StatisticsTask;
  readonly #collector: FindingsCollector;
  readonly #weights: readonly (readonly LayerWeight[])[];
  readonly #summaries = new Map<LayerWeight, WeightSummary>();
  readonly #closing = new AbortController();
  readonly #measured: MeasuredWeights;
  #findings: Promise<readonly Finding[]> | undefined;
  #profile: KeptProfile | undefined;
  #activations: LayerActivations | undefined;
  #activationFindings: readonly RankedFinding[] = [];
  #errors: readonly (number | null)[] | undefined;
  #found: { readonly question: string; readonly entries: readonly TableEntry[] } | undefined;

  private constructor(
    private readonly opened: OpenedOnnx,
    private readonly state: StateFolder,
    private readonly pool: StatisticsPool,
    layoutPool: LayoutPool,
    private readonly layers: readonly Layer[],
    private readonly cards: LayerCard[],
    card: ModelCard,
    shapes: Inference,
    kept: KeptStatistics | null,
  ) {
    const { path, contentKey, warnings } = opened;
    this.description = {
      path,
      contentKey,
      card,
      layerCount: cards.length,
      warnings: [...warnings, ...graphFaults(opened.model)],
    };
    const { model } = opened;
    this.diagram = new ModelDiagram(model, layers, cards, this.#figuresOf, shapes, layoutPool);
    this.#weights = sharedOnce(layers.map(listedWeights));
    const measurable = cards.flatMap((_, index) => (this.#measurableWeights(index).length > 0 ? [index] : []));
    this.#measured = new MeasuredWeights(contentKey, pool, state, this.#closing.signal);
    const measureLayer = (index: number, signal: AbortSignal) => this.#measureLayer(index, signal);
    this.#statistics = new StatisticsTask(measurable, new Map(kept?.rows), measureLayer, pool.threads);
    this.#collector = new FindingsCollector(layers);
    this.#findings = kept ? Promise.resolve(kept.findings) : undefined;
  }

  /** Opens without reading a weight. */
  static async open(path: string, state: StateFolder, pool: StatisticsPool, layoutPool: LayoutPool): Promise<OpenFile> {
    const opened = await openModel(path);
    try {
      const { layers, layerCards, card, shapes } = inspectStructure(opened);
      const kept = (await state.read('statistics', opened.contentKey)) as KeptStatistics | null;
      const known = kept?.version === statisticsVersion ? kept : null;
      const file = new OpenFile(opened, state, pool, layoutPool, layers, [...layerCards], card, shapes, known);
      const profile = await findProfile(state, opened.contentKey);
      if (profile) file.useProfile(profile);
      const activations = await findActivations(state, opened.contentKey);
      if (activations) file.useActivations(activations);
      const errors = await findLayerErrors(state, opened.contentKey);
      if (errors) file.useErrors(errors);
      return file;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  get profileCard(): ProfileCard | null {
    return this.#profile?.card ?? null;
  }

  /** Shows the times of a profile, and its costs where the model leaves sizes open. */
  useProfile(profile: KeptProfile): void {
    if (profile.times.length !== this.cards.length) return;
    this.#profile = profile;
    this.#found = undefined;
    this.cards.forEach((card, index) => (this.cards[index] = withProfiledCost(card, index, profile)));
  }

  get activationsCard(): ActivationsCard | null {
    return this.#activations?.card ?? null;
  }

  /** Shows activations that were measured. */
  useActivations(kept: KeptActivations): void {
    this.#activations = new LayerActivations(kept);
    this.#activationFindings = activationFindings(this.layers, kept.measured);
    this.#found = undefined;
  }

  /** Shows the error of each layer that a comparison measured: SQNR in decibels. */
  useErrors(local: readonly (number | null)[]): void {
    if (local.length !== this.cards.length) return;
    this.#errors = local;
    this.#found = undefined;
  }

  activation(layer: number): ActivationDetail[] {
    return this.#activations?.details(layer) ?? [];
  }

  get path(): string {
    return this.opened.path;
  }

  /** Tells the file that was opened from any other at its path. */
  get stamp(): string {
    const { device, inode, size, modified } = this.opened.identity;
    return stamp(device, inode, size, modified);
  }

  /** The files whose change makes this one stale. */
  get watched(): readonly WatchedFile[] {
    return [{ path: this.path, stamp: this.stamp }, ...this.opened.dataFiles.map((path) => ({ path }))];
  }

  rows(query: LayerQuery, start: number, end: number): { rows: LayerRow[]; total: number } {
    const found = findLayers(this.cards, query, this.#figuresOf);
    return { rows: part(found, start, end).map((index) => this.#row(index)), total: found.length };
  }

  table(query: TableQuery, start: number, end: number): { rows: TableRow[]; total: number } {
    const whole = wholeBytes(this.description.card);
    const entries = this.#entries(query);
    const rows = part(entries, start, end).map((entry): TableRow =>
      'group' in entry
        ? { group: entry.group, share: whole > 0 ? entry.group.totals.bytes! / whole : 0 }
        : { ...this.#row(entry.index), depth: entry.depth },
    );
    return { rows, total: entries.length };
  }

  /** Measures all layers, those of `first` before the rest; what came of it is kept on disk. */
  async measure(first: readonly number[], emit: (event: StatisticsEvent) => void, signal: AbortSignal): Promise<void> {
    await this.#statistics.listen(first, emit, signal);
    // Whoever asks for the findings hears why they failed.
    this.#conclude().catch(() => undefined);
  }

  async weight(index: number, name: string, signal: AbortSignal): Promise<WeightDetail> {
    return detailOf(index, name, await this.#figuresOfNamed(index, name, signal));
  }

  /** Of the whole model: measures what is not measured yet. */
  async findings(signal: AbortSignal): Promise<Finding[]> {
    return (await this.#allFindings(signal)).slice(0, findingsPerAnswer);
  }

  /** What exports take from here. */
  get exportSource(): ExportSource {
    const { opened, description, layers, pool } = this;
    return {
      opened,
      pool,
      description,
      layers,
      exportedLayers: (query) => this.#exportedLayers(query),
      measureAll: (signal) => this.#statistics.listen([], () => undefined, signal),
      allFindings: (signal) => this.#allFindings(signal),
      namedWeight: (index, name) => this.#named(index, name),
      histogramOf: async (index, name, signal) => (await this.#figuresOfNamed(index, name, signal)).histogram,
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#statistics.close();
    await this.#findings?.catch(() => undefined);
    await this.opened.close();
  }

  readonly #figuresOf = (index: number): MeasuredFigures => ({
    summary: this.#statistics.summaries.get(index),
    time: this.#profile?.times[index],
    activation: this.#activations?.summary(index),
    error: this.#errors?.[index] ?? undefined,
  });

  async #allFindings(signal: AbortSignal): Promise<readonly Finding[]> {
    await this.#statistics.listen([], () => undefined, signal);
    return withMore(await this.#conclude(), this.#activationFindings);
  }

  #exportedLayers(query: LayerQuery | null): ExportedLayer[] {
    const found = query ? findLayers(this.cards, query, this.#figuresOf) : [...this.cards.keys()];
    const whole = wholeBytes(this.description.card);
    return found.map((index) => {
      const card = this.cards[index]!;
      const figures = this.#figuresOf(index).summary ?? null;
      return { index, card, share: whole > 0 ? card.bytes / whole : 0, figures };
    });
  }

  #named(index: number, name: string): { layer: Layer; weight: LayerWeight } {
    const layer = this.layers[index];
    if (!layer) throw new Failure('engine.no-layer', { layer: index });
    const at = this.cards[index]!.weights.findIndex((candidate) => candidate.name === name);
    const weight = this.#weights[index]?.[at];
    if (!weight) throw new Failure('engine.no-weight', { layer: layer.name, weight: name });
    return { layer, weight };
  }

  async #figuresOfNamed(index: number, name: string, signal: AbortSignal): Promise<TensorStatistics> {
    const { layer, weight } = this.#named(index, name);
    const why = whyUnreadable(weight);
    if (why) throw new Failure('engine.unmeasurable', { layer: layer.name, weight: name, why: english(why) });
    return this.#figures(index, weight, signal);
  }

  /** The rows of the table in order: kept for the next part of it. */
  #entries(query: TableQuery): readonly TableEntry[] {
    const measured = isMeasured(query.sortBy) ? this.#statistics.summaries.size : 0;
    const question = JSON.stringify([query, measured]);
    if (this.#found?.question !== question) {
      this.#found = { question, entries: findRows(this.cards, query, this.#figuresOf) };
    }
    return this.#found.entries;
  }

  #row(index: number): LayerRow {
    const card = this.cards[index]!;
    const whole = wholeBytes(this.description.card);
    const short = <T>(list: readonly T[]) => list.slice(0, namesPerRow);
    return {
      index,
      card: { ...card, inputs: short(card.inputs), outputs: short(card.outputs), weights: short(card.weights) },
      share: whole > 0 ? card.bytes / whole : 0,
      ...this.#figuresOf(index),
    };
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
      const kept: KeptStatistics = { version: statisticsVersion, rows: [...this.#statistics.summaries], findings };
      await this.state.write('statistics', this.opened.contentKey, kept);
      await this.state.tidyKind('figures');
      return findings;
    });
    this.#findings = concluding;
    concluding.catch(() => (this.#findings = undefined));
    return concluding;
  }
}

const part = <T>(list: readonly T[], start: number, end: number): readonly T[] =>
  list.slice(Math.max(0, start), Math.min(end, Math.max(0, start) + rowsPerAnswer));

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
