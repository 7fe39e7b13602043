import { numbersOfArray } from '../tensor/numbers.js';
import type { TensorArray } from '../tensor/tensor.js';

/** The sum of an output over runs, element by element, in float64. */
export interface OutputSum {
  readonly shape: readonly number[];
  readonly sums: Float64Array;
  /** The runs that were added up. */
  readonly runs: number;
}

/** Adds up outputs next to where the model runs. */
export class OutputSums {
  readonly #sums = new Map<string, { shape: readonly number[]; sums: Float64Array; runs: number }>();

  /** Throws a RangeError where the shape of an output changes from run to run. */
  add(results: Readonly<Record<string, TensorArray>>): void {
    for (const [output, { elementType, shape, data }] of Object.entries(results)) {
      let known = this.#sums.get(output);
      if (!known) this.#sums.set(output, (known = { shape, sums: new Float64Array(data.length), runs: 0 }));
      if (known.shape.join() !== shape.join()) {
        throw new RangeError(`${output} is [${shape.join()}] after [${known.shape.join()}]`);
      }
      const numbers = numbersOfArray(elementType, data);
      const { sums } = known;
      for (let i = 0; i < sums.length; i++) sums[i]! += numbers[i]!;
      known.runs++;
    }
  }

  result(): Map<string, OutputSum> {
    return new Map(this.#sums);
  }
}
