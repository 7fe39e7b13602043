import { seededRandom } from '../data/random.js';
import { numbersOfArray } from '../tensor/numbers.js';
import { SignalError } from '../tensor/signalError.js';
import type { TensorArray } from '../tensor/tensor.js';
import { rowsOf } from './iteration.js';
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

/** Of each run, at most `rows` rows of an output (along its first axis) are kept, drawn by `seed` and the number of the run. */
export interface RowSampling {
  readonly rows: number;
  readonly seed: number;
  readonly run: number;
}

/** Values that models make and read, and how far some lie from others, next to where the models run. */
export class HeldValues {
  readonly #values = new Map<string, TensorArray>();
  readonly #collected = new Map<string, TensorArray[]>();
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

  /** Throws a RangeError where there is none. */
  require(name: string): TensorArray {
    const value = this.#values.get(name);
    if (!value) throw new RangeError(`nothing is held as ${name}`);
    return value;
  }

  clear(): void {
    this.#values.clear();
    this.#collected.clear();
  }

  drop(name: string): void {
    this.#values.delete(name);
    this.#collected.delete(name);
  }

  /** Puts rows of a value below those that were collected under the name. Values of as many rows give the same rows. */
  collect(name: string, value: TensorArray, { rows, seed, run }: RowSampling): void {
    const count = value.shape[0] ?? 1;
    const drawn = count > rows ? rowsOf(value, drawnRows(count, rows, (Math.imul(seed, 0x85ebca6b) + run) | 0)) : value;
    const parts = this.#collected.get(name) ?? [];
    this.#collected.set(name, [...parts, drawn]);
  }

  /** Makes values of what was collected; answers how many rows each has. */
  finishCollection(names: readonly string[]): number[] {
    return names.map((name) => {
      const parts = this.#collected.get(name) ?? [];
      this.#collected.delete(name);
      const value = joined(parts);
      if (value) this.#values.set(name, value);
      return value?.shape[0] ?? 0;
    });
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

/** `rows` of `count` rows, rising: each choice is as likely (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S). */
function drawnRows(count: number, rows: number, seed: number): number[] {
  const random = seededRandom(seed);
  const drawn: number[] = [];
  for (let row = 0; drawn.length < rows; row++) {
    if ((count - row) * random() < rows - drawn.length) drawn.push(row);
  }
  return drawn;
}

function joined(parts: readonly TensorArray[]): TensorArray | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 1), 0);
  const Numbers = first.data.constructor as new (length: number) => TensorArray['data'];
  const data = new Numbers(length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data as never, at);
    at += part.data.length;
  }
  return { elementType: first.elementType, shape: [rows, ...first.shape.slice(1)], data };
}
