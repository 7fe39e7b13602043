import { planBatches } from '../data/batches.js';
import { CarriedState } from '../data/carriedState.js';
import type { Dataset } from '../data/dataset.js';
import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import { formatBytes } from '../messages/units.js';
import type { TensorArray } from '../tensor/tensor.js';
import { loadModel } from './loadModel.js';
import type { Runtime } from './session.js';

/** The most memory of states. */
const mostBytes = 1 << 30;

/**
 * A data set whose samples bring the state along that the model comes to them with: runs it once over all of them, in their
 * order. Each sample then is a whole feed of its own, that can be drawn and run in any order. The data set itself where it
 * carries none.
 */
export async function withRecordedStates(
  runtime: Runtime,
  model: Model,
  dataset: Dataset,
  { name, signal }: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<Dataset> {
  const { carried = [] } = dataset;
  if (carried.length === 0) return dataset;
  const inputs = new Set(carried.map(({ input }) => input));
  const states = new Map<number, Record<string, TensorArray>>();
  let bytes = 0;
  const session = await loadModel(runtime, model, {}, { signal, name });
  try {
    const state = new CarriedState(carried);
    for (const { samples } of planBatches(dataset, 1)) {
      const feeds = state.feeds((await dataset.read(samples)).feeds);
      const own = Object.entries(feeds).filter(([input]) => inputs.has(input));
      states.set(samples[0]!, Object.fromEntries(own));
      bytes += own.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
      if (bytes > mostBytes) {
        const taken = { file: dataset.name, bytes: formatBytes(mostBytes), samples: states.size };
        throw new Failure('data.states', taken);
      }
      state.take(await session.run(feeds, state.outputs, signal));
    }
  } finally {
    await session.release();
  }
  return {
    ...dataset,
    inputs: [
      ...dataset.inputs,
      ...carried.map(({ input, initial }) => ({ name: input, elementType: initial.elementType })),
    ],
    stackable: false,
    carried: undefined,
    startsSequence: undefined,
    async read(samples) {
      const { feeds } = await dataset.read(samples);
      return { samples, feeds: { ...feeds, ...states.get(samples[0]!) } };
    },
  };
}
