import { numbersOfArray } from '../tensor/numbers.js';
import { SignalError } from '../tensor/signalError.js';
import type { TensorArray } from '../tensor/tensor.js';
import { firstSamples } from './observer.js';

/** Two values that are held, and the sum that their difference is added to. */
export interface HeldPair {
  readonly reference: string;
  readonly candidate: string;
  readonly sum: number;
}

/** A pair of values whose shapes differ: nothing was added. */
export interface ShapeDifference {
  readonly sum: number;
  readonly reference: readonly number[];
  readonly candidate: readonly number[];
}

/** Values that models make and read, and how far some lie from others, next to where the models run. */
export class HeldValues {
  readonly #values = new Map<string, TensorArray>();
  readonly #sums = new Map<number, SignalError>();

  /** Bytes of all values that are held. */
  get byteLength(): number {
    return [...this.#values.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  hold(name: string, value: TensorArray): void {
    this.#values.set(name, value);
  }

  value(name: string): TensorArray | undefined {
    return this.#values.get(name);
  }

  clear(): void {
    this.#values.clear();
  }

  /** Adds pairs to their sums, of `samples` samples the first `valid`. A value that is not held, or has no elements, is passed over. */
  compare(pairs: readonly HeldPair[], samples: number, valid: number): ShapeDifference[] {
    const different: ShapeDifference[] = [];
    for (const { reference, candidate, sum } of pairs) {
      const [a, b] = [this.#values.get(reference), this.#values.get(candidate)];
      if (!a || !b || a.data.length + b.data.length === 0) continue;
      const [x, y] = [firstSamples(a, samples, valid), firstSamples(b, samples, valid)];
      if (x.shape.join() !== y.shape.join()) {
        different.push({ sum, reference: x.shape, candidate: y.shape });
        continue;
      }
      let error = this.#sums.get(sum);
      if (!error) this.#sums.set(sum, (error = new SignalError()));
      error.add(numbersOfArray(x.elementType, x.data), numbersOfArray(y.elementType, y.data));
    }
    return different;
  }

  /** The SQNR in decibels by the number of the sum. */
  sqnrs(): Map<number, number> {
    return new Map([...this.#sums].map(([sum, error]) => [sum, error.sqnrDb]));
  }
}
