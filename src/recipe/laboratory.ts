import type { ExperimentOptions, Laboratory, OutputSum } from '../compress/laboratory.js';
import { planBatches } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { Model } from '../graph/model.js';
import { collectActivationStatistics } from '../runtime/activationStatistics.js';
import { loadModel } from '../runtime/loadModel.js';
import type { Runtime, Session } from '../runtime/session.js';
import type { NumericArray } from '../tensor/tensor.js';

/** A laboratory on the samples of a data set. `name` is what failures call the model. */
export function laboratoryOn(dataset: Dataset, runtime: Runtime, name: string): Laboratory {
  const withSession = async <T>(
    model: Model,
    { signal }: ExperimentOptions,
    use: (session: Session) => Promise<T>,
  ): Promise<T> => {
    const session = await loadModel(runtime, model, { optimization: 'extended' }, { signal, name });
    try {
      return await use(session);
    } finally {
      await session.release();
    }
  };
  return {
    sampleCount: dataset.sampleCount,
    observe: (model, request, { signal, onProgress } = {}) =>
      collectActivationStatistics(runtime, model, request, dataset, { signal, onProgress, name }),
    accumulate: (model, outputs, options = {}) =>
      withSession(model, options, async (session) => {
        const sums = new Map<string, OutputSum>();
        const batches = planBatches(dataset, 1);
        for (const [i, { samples }] of batches.entries()) {
          const { feeds } = await dataset.read(samples);
          const found = await session.run(feeds, outputs, options.signal);
          for (const output of outputs) {
            const { shape, data } = found[output]!;
            const known = sums.get(output) ?? { shape, sums: new Float64Array(data.length), runs: 0 };
            addTo(known.sums, data);
            sums.set(output, { ...known, runs: known.runs + 1 });
          }
          options.onProgress?.((i + 1) / batches.length);
        }
        return sums;
      }),
    run: (model, feeds, options = {}) =>
      withSession(model, options, (session) => session.run(feeds, undefined, options.signal)),
  };
}

function addTo(sums: Float64Array, data: NumericArray): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += Number(data[i]);
}
