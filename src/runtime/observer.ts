import type { CarriedInput } from '../data/carriedInput.js';
import { CarriedState } from '../data/carriedState.js';
import type { AccumulatorOptions, ActivationStatistics } from '../tensor/activationStatistics.js';
import { ActivationAccumulator } from '../tensor/activationStatistics.js';
import type { StatisticsKernel } from '../tensor/measure.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { Feeds } from './session.js';

/** An output of a model whose tensors are measured. */
export interface ObservedOutput extends AccumulatorOptions {
  readonly output: string;
}

export interface ObserverOptions {
  readonly outputs: readonly ObservedOutput[];
  /** Inputs that each run takes over from the run before, where its feeds have no array for them. */
  readonly carried: readonly CarriedInput[];
}

/** What to make of one run. */
export interface ObservedRun {
  /** Which part of the samples it belongs to. */
  readonly part: number;
  /** Samples that were joined, and how many of them count: the others fill a batch of fixed size. */
  readonly samples: number;
  readonly valid: number;
}

/** Measures the outputs of a model run by run, next to where it runs: no tensor leaves the process. */
export class Observer {
  readonly #accumulators: ReadonlyMap<
    string,
    { readonly stackedAxes: number; readonly accumulator: ActivationAccumulator }
  >;
  readonly #state: CarriedState;

  constructor(
    private readonly options: ObserverOptions,
    kernel: StatisticsKernel,
  ) {
    this.#accumulators = new Map(
      options.outputs.map(({ output, ...each }) => [
        output,
        { stackedAxes: each.stackedAxes, accumulator: new ActivationAccumulator(each, kernel) },
      ]),
    );
    this.#state = new CarriedState(options.carried);
  }

  /** The outputs that a run must give. */
  get fetches(): string[] {
    return [...new Set([...this.#accumulators.keys(), ...this.#state.outputs])];
  }

  /** The feeds with the state that the last run left. */
  feeds(feeds: Feeds): Feeds {
    return this.#state.feeds(feeds);
  }

  /** Takes in the results of a run. */
  take(results: Readonly<Record<string, TensorArray>>, { part, samples, valid }: ObservedRun): void {
    for (const [output, { accumulator, stackedAxes }] of this.#accumulators) {
      const tensor = results[output];
      if (tensor) accumulator.add(stackedAxes > 0 ? tensor : firstSamples(tensor, samples, valid), part);
    }
    this.#state.take(results);
  }

  /** In the order of the outputs; null for one that had no element in any run. */
  statistics(): (ActivationStatistics | null)[] {
    return [...this.#accumulators.values()].map(({ accumulator }) => accumulator.statistics());
  }
}

/** The rows of the samples that count, where the first axis is made of samples. */
export function firstSamples(tensor: TensorArray, samples: number, valid: number): TensorArray {
  const { shape, data } = tensor;
  const rows = shape[0] ?? 0;
  if (valid === samples || rows === 0 || rows % samples !== 0) return tensor;
  const kept = (rows / samples) * valid;
  return { ...tensor, shape: [kept, ...shape.slice(1)], data: data.subarray(0, (data.length / rows) * kept) };
}
