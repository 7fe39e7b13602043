import { join } from 'node:path';
import { parseOptions } from '../compress/options.js';
import { methodOf } from '../compress/registry.js';
import type { Json } from '../compress/method.js';
import type { ComparedQuery, EngineService, ReportCard } from '../protocol/engineService.js';
import type { Handlers } from '../protocol/rpc.js';
import type { CompressReport } from '../recipe/report.js';
import { activationsCard } from './activations.js';
import { ImagePool } from '../data/images/imagePool.js';
import { StatisticsPool } from '../inspect/statisticsPool.js';
import { comparedWeights } from './comparedWeights.js';
import { errorPoints } from './comparedTable.js';
import { Comparisons } from './comparisons.js';
import { machineLines, RecentFailures } from './diagnostics.js';
import { exportTo } from './exports.js';
import { imagePresets } from './imagePresets.js';
import { Jobs } from './jobs.js';
import { LayoutPool } from './layoutPool.js';
import { OutputFolders } from './leftovers.js';
import { methodCards } from './methodCards.js';
import { Models } from './models.js';
import { Notices } from './notices.js';
import { Results } from './results.js';
import { StateFolder } from './stateFolder.js';

export interface EngineConfiguration {
  /** What is remembered over restarts lies here. */
  readonly stateFolder: string;
  /** Where the bundles of the runner and of the workers lie. */
  readonly bundleFolder: string;
}

/** The engine: open models, jobs, and what is remembered of both, served as EngineService. */
export class Engine {
  readonly failures = new RecentFailures();
  readonly #notices = new Notices();
  readonly #state: StateFolder;
  readonly #pool: StatisticsPool;
  readonly #layoutPool: LayoutPool;
  readonly #images: ImagePool;
  readonly #models: Models;
  readonly #jobs: Jobs;
  readonly #results: Results;
  readonly #comparisons: Comparisons;
  readonly #outputs: OutputFolders;

  constructor({ stateFolder, bundleFolder }: EngineConfiguration) {
    const bundle = (name: string) => join(bundleFolder, name);
    this.#state = new StateFolder(stateFolder);
    this.#results = new Results(this.#state);
    this.#outputs = new OutputFolders(this.#state);
    this.#pool = new StatisticsPool({ workerPath: bundle('statisticsWorker.js') });
    this.#layoutPool = new LayoutPool(bundle('layoutWorker.js'));
    this.#models = new Models(this.#state, this.#pool, this.#layoutPool, (notice) => this.#notices.tell(notice));
    this.#images = new ImagePool(bundle('imageWorker.js'));
    const bundles = { runnerPath: bundle('runner.js'), metricWorkerPath: bundle('metricWorker.js') };
    this.#jobs = new Jobs(bundles, this.#images, this.#results, this.#outputs, this.#state);
    this.#comparisons = new Comparisons(this.#results, this.#state);
  }

  /** Removes what engines that died have left. */
  async tidy(): Promise<void> {
    await Promise.all([this.#outputs.clean(), this.#state.tidy()]);
  }

  readonly service: Handlers<EngineService> = {
    open: ({ path }) => this.#models.open(path),
    close: ({ model }) => this.#models.close(model),
    layers: async ({ model, query, start, end }) => (await this.#models.get(model)).rows(query, start, end),
    layerTable: async ({ model, query, start, end }) => (await this.#models.get(model)).table(query, start, end),
    statistics: async ({ model, first }, { emit, signal }) =>
      (await this.#models.get(model)).measure(first, emit, signal),
    weight: async ({ model, layer, weight }, { signal }) =>
      (await this.#models.get(model)).weight(layer, weight, signal),
    weightCodes: async ({ model, layer, weight }, { signal }) =>
      (await this.#models.get(model)).codes(layer, weight, signal),
    diagram: async ({ model, expanded }, { emit, signal }) =>
      (await this.#models.get(model)).diagram.layOut(expanded, emit, signal),
    diagramMetric: async ({ model, expanded, metric }) =>
      (await this.#models.get(model)).diagram.metric(expanded, metric),
    diagramReveal: async ({ model, layer }) => (await this.#models.get(model)).diagram.wayTo(layer),
    findings: async ({ model }, { signal }) => (await this.#models.get(model)).findings(signal),
    exportTo: async ({ model, request, path }, { signal }) => {
      const { exportSource } = await this.#models.get(model);
      const comparedRows = (a: string, b: string, query: ComparedQuery) =>
        this.#comparisons.allRows(a, b, query, signal);
      return this.#outputs.during(path, () => exportTo(exportSource, request, path, { signal, comparedRows }));
    },
    methods: () => methodCards(),
    imagePresets: ({ model, data }) => imagePresets(model, data),
    needsData: ({ method: name, options }) => {
      const method = methodOf(name);
      return method.needsData(parseOptions(method, options));
    },
    previewCompression: async ({ model, ...request }, { signal }) => {
      const [file, target] = [await this.#models.get(model), await this.#jobs.target()];
      return file.preview(request, target, signal);
    },
    compress: (request, context) => this.#jobs.compress(request, context),
    evaluate: (request, context) => this.#jobs.evaluate(request, context),
    profile: async (request, context) => {
      const { contentKey, kept } = await this.#jobs.profile(request, context);
      for (const file of await this.#models.withContent(contentKey)) file.useProfile(kept);
      return kept.card;
    },
    measureActivations: async (request, context) => {
      const { contentKey, kept } = await this.#jobs.measureActivations(request, context);
      for (const file of await this.#models.withContent(contentKey)) file.useActivations(kept);
      return activationsCard(kept);
    },
    activations: async ({ model }) => (await this.#models.get(model)).activationsCard,
    activation: async ({ model, layer }) => (await this.#models.get(model)).activation(layer),
    profileCard: async ({ model }) => (await this.#models.get(model)).profileCard,
    compare: async ({ a, b }, { signal, emit }) => {
      const { totals, rows } = await this.#comparisons.compare(a, b, signal, emit);
      return { totals, layerCount: rows.length };
    },
    comparedLayers: ({ a, b, query, start, end }, { signal }) =>
      this.#comparisons.rows(a, b, query, { start, end }, signal),
    comparedWeights: ({ a, b, index }, { signal }) => comparedWeights(a, b, index, signal),
    measureErrors: async (request, context) => {
      const errors = await this.#jobs.measureErrors(request, context);
      for (const file of await this.#models.withContent(errors.contentKey)) file.useErrors(errors.local);
      await this.#comparisons.useErrors(request.a, request.b, errors);
      return errors.outputs;
    },
    errors: async ({ a, b }, { signal }) =>
      (await this.#comparisons.compare(a, b, signal, () => undefined)).errors?.outputs ?? null,
    errorPoints: async ({ a, b, start }, { signal }) =>
      errorPoints((await this.#comparisons.compare(a, b, signal, () => undefined)).rows, start),
    comparedPlace: ({ a, b, query, of }, { signal }) => this.#comparisons.place(a, b, query, of, signal),
    report: ({ path }) => this.#results.find('reports', path),
    reportCard: async ({ path }) => reportCard(await this.#results.find('reports', path)),
    evaluation: ({ path }) => this.#results.find('evaluations', path),
    readState: async ({ contentKey }) => (await this.#state.read('pages', contentKey)) as Json,
    writeState: ({ contentKey, state }) => this.#state.write('pages', contentKey, state),
    notices: (_, { emit, signal }) => this.#notices.listen(emit, signal),
    diagnostics: () =>
      [
        ...machineLines(),
        ...this.#models.list().map(({ path, handles }) => `open ${path} (${handles})`),
        ...this.failures.lines(),
      ].join('\n'),
    processes: () => ({ engine: process.pid, runners: this.#jobs.runnerPids() }),
  };

  /** Ends the runners at once, then keeps what is measured and closes the files. */
  async close(): Promise<void> {
    await this.#jobs.close();
    await this.#models.closeAll();
    await Promise.all([this.#pool.close(), this.#layoutPool.close(), this.#images.close()]);
  }
}

function reportCard(report: CompressReport | null): ReportCard | null {
  if (!report) return null;
  const { applied, skipped, ...card } = report;
  return { ...card, appliedCount: applied.length, skippedCount: skipped.length };
}
