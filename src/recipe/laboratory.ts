import type { Bench, ExperimentOptions, Laboratory } from '../compress/laboratory.js';
import { planBatches } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { Model } from '../graph/model.js';
import { collectActivationStatistics } from '../runtime/activationStatistics.js';
import { loadModel } from '../runtime/loadModel.js';
import type { ModelSource, Runtime, SessionOptions } from '../runtime/session.js';

/** What onnxruntime fuses may differ from kernel to kernel; up to here the graph computes as it is written. */
const asWritten: SessionOptions = { optimization: 'extended' };

/** A laboratory on the samples of a data set. `name` is what failures call the model. */
export function laboratoryOn(dataset: Dataset, runtime: Runtime, name: string): Laboratory {
  return {
    sampleCount: dataset.sampleCount,
    observe: (model, request, { signal, onProgress } = {}) =>
      collectActivationStatistics(runtime, model, request, dataset, { signal, onProgress, name }),
    accumulate: (model, outputs, { signal, onProgress, batchSize = 1 } = {}) =>
      withLoaded(runtime, model, { signal, name }, async (session) => {
        const batches = planBatches(dataset, batchSize);
        for (const [i, { samples }] of batches.entries()) {
          const { feeds } = await dataset.read(samples);
          await session.accumulateRun(feeds, outputs, signal);
          onProgress?.((i + 1) / batches.length);
        }
        return session.accumulated(signal);
      }),
    run: (model, feeds, { signal } = {}) =>
      withLoaded(runtime, model, { signal, name }, (session) => session.run(feeds, undefined, signal)),
    bench: () => benchOn(dataset, runtime, name),
  };
}

/** Steps between two reports of progress. */
const stepsAtOnce = 50;

function benchOn(dataset: Dataset, runtime: Runtime, name: string): Bench {
  const workbench = runtime.workbench();
  return {
    collect: (model, outputs, { rows, seed, batchSize = 1, signal, onProgress }) =>
      withLoaded(workbench, model, { signal, name }, async (session) => {
        const batches = planBatches(dataset, batchSize);
        for (const [run, { samples }] of batches.entries()) {
          const { feeds } = await dataset.read(samples);
          const share = Math.max(
            1,
            Math.floor((rows * samples.length) / (batches.length * batches[0]!.samples.length)),
          );
          await session.collect(feeds, outputs, { rows: share, seed, run }, signal);
          onProgress?.((run + 1) / batches.length);
        }
        const [count = 0] = await workbench.finishCollection([...new Set(Object.values(outputs))], signal);
        return count;
      }),
    put: (tensors, gone) => workbench.alter(tensors, gone),
    read: (names) => workbench.read(names),
    iterate: (model, { schedule, traces = [], ...iteration }, { signal, onProgress } = {}) =>
      withLoaded(workbench, model, { signal, name }, async (session) => {
        const told = Object.fromEntries(traces.map((output) => [output, new Float32Array(iteration.steps)]));
        for (let firstStep = 0; firstStep < iteration.steps; firstStep += stepsAtOnce) {
          const steps = Math.min(stepsAtOnce, iteration.steps - firstStep);
          const piece = Object.fromEntries(
            Object.entries(schedule).map(([input, values]) => [input, values.slice(firstStep, firstStep + steps)]),
          );
          const found = await session.iterate({ ...iteration, steps, firstStep, schedule: piece, traces }, signal);
          for (const output of traces) told[output]!.set(found[output]!, firstStep);
          onProgress?.((firstStep + steps) / iteration.steps);
        }
        return told;
      }),
    close: () => workbench.close(),
  };
}

async function withLoaded<S extends { release(): Promise<void> }, T>(
  place: { load(source: ModelSource, options?: SessionOptions, signal?: AbortSignal): Promise<S> },
  model: Model,
  { signal, name }: ExperimentOptions & { readonly name: string },
  use: (session: S) => Promise<T>,
): Promise<T> {
  const session = await loadModel(place, model, asWritten, { signal, name });
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}
