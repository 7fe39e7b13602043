import type { TensorArray } from '../tensor/tensor.js';
import type { CarriedInput } from './carriedInput.js';
import type { Dataset } from './dataset.js';

type Feeds = Readonly<Record<string, TensorArray>>;

/** The state of one model from run to run: where what is fed lacks a carried input, it is what the run before left. */
export class CarriedState {
  readonly #state = new Map<string, TensorArray>();

  constructor(private readonly carried: readonly CarriedInput[]) {
    for (const { input, initial } of carried) this.#state.set(input, initial);
  }

  /** The outputs that a run must give. */
  get outputs(): string[] {
    return this.carried.map(({ output }) => output);
  }

  feeds(feeds: Feeds): Feeds {
    return this.#state.size === 0 ? feeds : { ...Object.fromEntries(this.#state), ...feeds };
  }

  take(results: Feeds): void {
    for (const { input, output } of this.carried) {
      const tensor = results[output];
      if (tensor) this.#state.set(input, tensor);
    }
  }
}

/** A data set whose inputs that are missing are carried; samples that begin a sequence come with their initial values. */
export function withCarried(dataset: Dataset, carried: readonly CarriedInput[]): Dataset {
  if (carried.length === 0) return dataset;
  const initial = Object.fromEntries(carried.map((each) => [each.input, each.initial]));
  const starts = (sample: number) => sample === 0 || (dataset.startsSequence?.(sample) ?? false);
  return {
    ...dataset,
    carried,
    startsSequence: starts,
    async read(samples) {
      const batch = await dataset.read(samples);
      return starts(samples[0]!) ? { ...batch, feeds: { ...initial, ...batch.feeds } } : batch;
    },
  };
}
