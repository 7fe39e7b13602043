import type { Target } from '../compress/method.js';
import type { ImageReader } from '../data/images/imageReader.js';
import { evaluateModels } from '../evaluate/evaluateModels.js';
import type { EvaluationReport } from '../evaluate/evaluation.js';
import type { CompressRequest, EvaluateRequest } from '../protocol/engineService.js';
import type { MeasureActivationsRequest } from '../protocol/activationCalls.js';
import type { MeasureErrorsRequest } from '../protocol/errorCalls.js';
import type { ProfileRequest } from '../protocol/profileCalls.js';
import { compressModel } from '../recipe/pipeline.js';
import type { CompressReport, Progress } from '../recipe/report.js';
import { measureExactInt8Sums } from '../runtime/exactInt8Sums.js';
import { createRuntime } from '../runtime/runtime.js';
import type { Runtime } from '../runtime/session.js';
import type { MeasuredModel } from './activations.js';
import { measureModelActivations, rangeStore } from './activations.js';
import { measureKeptErrors, type KeptErrors } from './comparisonErrors.js';
import type { OutputFolders } from './leftovers.js';
import { paced } from './paced.js';
import type { KeptProfile } from './profiles.js';
import { profile } from './profiles.js';
import type { Results } from './results.js';
import type { StateFolder } from './stateFolder.js';

/** What models are run by, and what reads the images that they are fed. */
export interface Running {
  readonly runtime: Runtime;
  readonly images: ImageReader;
}

export interface JobContext<E = Progress> {
  readonly signal: AbortSignal;
  emit(event: E): void;
}

/** Long work that runs models. Each job has runners of its own, which end with it, however it ends. */
export class Jobs {
  readonly #runtimes = new Set<Runtime>();
  #target: Promise<Target> | undefined;

  constructor(
    private readonly bundles: { readonly runnerPath: string; readonly metricWorkerPath: string },
    private readonly images: ImageReader,
    private readonly results: Results,
    private readonly outputs: OutputFolders,
    private readonly state: StateFolder,
  ) {}

  async compress(request: CompressRequest, { signal, emit }: JobContext): Promise<CompressReport> {
    const report = await this.outputs.during(request.output, () =>
      this.#withRuntime(signal, (runtime) =>
        compressModel(request, {
          ...this.#judging(runtime),
          signal,
          onProgress: paced(emit),
          ranges: rangeStore(this.state),
        }),
      ),
    );
    await this.results.keep('reports', request.output, report);
    return report;
  }

  async evaluate(request: EvaluateRequest, { signal, emit }: JobContext): Promise<EvaluationReport> {
    const report = await this.#withRuntime(signal, (runtime) =>
      evaluateModels(request, { ...this.#judging(runtime), signal, onProgress: paced(emit) }),
    );
    await this.results.keep('evaluations', request.model, report);
    return report;
  }

  async profile(request: ProfileRequest, context: JobContext): Promise<{ contentKey: string; kept: KeptProfile }> {
    return this.#withRuntime(context.signal, (runtime) =>
      profile(request, this.#running(runtime), this.state, context),
    );
  }

  async measureErrors(request: MeasureErrorsRequest, context: JobContext): Promise<KeptErrors> {
    return this.#withRuntime(context.signal, (runtime) =>
      measureKeptErrors(request, this.#running(runtime), this.state, context),
    );
  }

  async measureActivations(request: MeasureActivationsRequest, context: JobContext): Promise<MeasuredModel> {
    return this.#withRuntime(context.signal, (runtime) =>
      measureModelActivations(request, this.#running(runtime), this.state, context),
    );
  }

  /** What of this machine defaults depend on: measured once. */
  target(): Promise<Target> {
    const measure = () =>
      this.#withRuntime(new AbortController().signal, async (runtime) => ({
        exactInt8Sums: await measureExactInt8Sums(runtime),
      }));
    this.#target ??= measure().catch((error: unknown) => {
      this.#target = undefined;
      throw error;
    });
    return this.#target;
  }

  /** Process ids of the runners that live now. */
  runnerPids(): number[] {
    return [...this.#runtimes].flatMap((runtime) => runtime.runnerPids());
  }

  /** Kills all runners. */
  async close(): Promise<void> {
    await Promise.all([...this.#runtimes].map((runtime) => runtime.close()));
  }

  /** What it takes to run a model on data. */
  #running(runtime: Runtime): Running {
    return { runtime, images: this.images };
  }

  #judging(runtime: Runtime): Running & { readonly metricWorkerPath: string } {
    return { ...this.#running(runtime), metricWorkerPath: this.bundles.metricWorkerPath };
  }

  /** The runners are killed at once when the signal aborts, even where the work does not look at it. */
  async #withRuntime<T>(signal: AbortSignal, work: (runtime: Runtime) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const runtime = createRuntime({ runnerPath: this.bundles.runnerPath });
    this.#runtimes.add(runtime);
    const kill = () => void runtime.close();
    signal.addEventListener('abort', kill, { once: true });
    try {
      return await work(runtime);
    } finally {
      signal.removeEventListener('abort', kill);
      await runtime.close();
      this.#runtimes.delete(runtime);
    }
  }
}
