import type { Target } from '../compress/method.js';
import type { Inference } from '../graph/inference/inference.js';
import type { Layer } from '../graph/layers.js';
import { activationFindings } from '../inspect/findings/activationFindings.js';
import type { RankedFinding } from '../inspect/findings/findings.js';
import { withMore } from '../inspect/findings/findings.js';
import type { ExportedLayer } from '../inspect/export/layersTable.js';
import { graphFaults } from '../inspect/graphFaults.js';
import { integerCodes } from '../inspect/integerCodes.js';
import { inspectStructure } from '../inspect/inspectModel.js';
import type { Finding, LayerCard, ModelCard } from '../inspect/inspection.js';
import type { StatisticsPool } from '../inspect/statisticsPool.js';
import { wholeBytes } from '../inspect/wholeBytes.js';
import type { OpenedModel as OpenedOnnx } from '../onnx/openModel.js';
import { openModel } from '../onnx/openModel.js';
import type {
  CodesDetail,
  LayerQuery,
  LayerRow,
  OpenedModel,
  StatisticsEvent,
  TableQuery,
  TableRow,
  WeightDetail,
} from '../protocol/engineService.js';
import type { ActivationDetail, ActivationsCard } from '../protocol/activationCalls.js';
import type { ProfileCard } from '../protocol/profileCalls.js';
import type { CompressionPreview, PreviewRequest } from '../recipe/preview.js';
import { previewCompression } from '../recipe/preview.js';
import type { KeptActivations } from './activations.js';
import { findLayerErrors } from './comparisonErrors.js';
import { findActivations, LayerActivations } from './activations.js';
import type { ExportSource } from './exports.js';
import type { WatchedFile } from './fileWatch.js';
import { stamp } from './fileWatch.js';
import type { TableEntry } from './layerGroups.js';
import { findRows } from './layerGroups.js';
import type { MeasuredFigures } from './layerTable.js';
import { findLayers, isMeasured } from './layerTable.js';
import type { LayoutPool } from './layoutPool.js';
import { ModelDiagram } from './modelDiagram.js';
import type { KeptStatistics } from './modelStatistics.js';
import { findStatistics, ModelStatistics } from './modelStatistics.js';
import type { StateFolder } from './stateFolder.js';
import type { KeptProfile } from './profiles.js';
import { findProfile, withProfiledCost } from './profiles.js';
import { codesOf, detailOf } from './weightFigures.js';

/** Rows of one answer, and names in the lists of a row: about 200 KB at most. */
const rowsPerAnswer = 256;
const namesPerRow = 64;
/** Findings of one answer. */
const findingsPerAnswer = 200;

/** A model file that is open: its table, its statistics, its weights. */
export class OpenFile {
  readonly description: Omit<OpenedModel, 'model'>;
  readonly diagram: ModelDiagram;
  readonly #statistics: ModelStatistics;
  #profile: KeptProfile | undefined;
  #activations: LayerActivations | undefined;
  #activationFindings: readonly RankedFinding[] = [];
  #errors: readonly (number | null)[] | undefined;
  #found: { readonly question: string; readonly entries: readonly TableEntry[] } | undefined;

  private constructor(
    private readonly opened: OpenedOnnx,
    state: StateFolder,
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
    this.#statistics = new ModelStatistics(contentKey, layers, cards, state, pool, kept);
  }

  /** Opens without reading a weight. */
  static async open(path: string, state: StateFolder, pool: StatisticsPool, layoutPool: LayoutPool): Promise<OpenFile> {
    const opened = await openModel(path);
    try {
      const { layers, layerCards, card, shapes } = inspectStructure(opened);
      const kept = await findStatistics(state, opened.contentKey);
      const file = new OpenFile(opened, state, pool, layoutPool, layers, [...layerCards], card, shapes, kept);
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
  measure(first: readonly number[], emit: (event: StatisticsEvent) => void, signal: AbortSignal): Promise<void> {
    return this.#statistics.measure(first, emit, signal);
  }

  async weight(index: number, name: string, signal: AbortSignal): Promise<WeightDetail> {
    return detailOf(index, name, await this.#statistics.figuresOfNamed(index, name, signal));
  }

  async codes(index: number, name: string, signal: AbortSignal): Promise<CodesDetail | null> {
    const { layer, weight } = this.#statistics.named(index, name);
    const codes = await integerCodes(layer, weight, signal);
    return codes ? codesOf(index, name, codes) : null;
  }

  /** Of the whole model: measures what is not measured yet. */
  async findings(signal: AbortSignal): Promise<Finding[]> {
    return (await this.#allFindings(signal)).slice(0, findingsPerAnswer);
  }

  /** What a compression would do. */
  preview(request: PreviewRequest, target: Target, signal: AbortSignal): Promise<CompressionPreview> {
    return previewCompression(this.opened.model, this.description.card.bytes, request, target, signal);
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
      measureAll: (signal) => this.#statistics.measureAll(signal),
      allFindings: (signal) => this.#allFindings(signal),
      namedWeight: (index, name) => this.#statistics.named(index, name),
      histogramOf: async (index, name, signal) =>
        (await this.#statistics.figuresOfNamed(index, name, signal)).histogram,
    };
  }

  async close(): Promise<void> {
    await this.#statistics.close();
    await this.opened.close();
  }

  readonly #figuresOf = (index: number): MeasuredFigures => ({
    summary: this.#statistics.summaries.get(index),
    time: this.#profile?.times[index],
    activation: this.#activations?.summary(index),
    error: this.#errors?.[index] ?? undefined,
  });

  async #allFindings(signal: AbortSignal): Promise<readonly Finding[]> {
    return withMore(await this.#statistics.findings(signal), this.#activationFindings);
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
}

const part = <T>(list: readonly T[], start: number, end: number): readonly T[] =>
  list.slice(Math.max(0, start), Math.min(end, Math.max(0, start) + rowsPerAnswer));
