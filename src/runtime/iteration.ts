/** A model that is run many times on its own outputs, next to where it runs: the steps of an optimizer. */
import { shuffledIndices } from '../data/random.js';
import type { TensorArray } from '../tensor/tensor.js';

export interface Iteration {
  /** How many times to run, and the number of the first: a long iteration can be done in pieces. */
  readonly steps: number;
  readonly firstStep: number;
  /** Held values that each run reads, by input. */
  readonly constants: Readonly<Record<string, string>>;
  /** The output that takes the place of an input for the next run. Held under the input's name, before and after. */
  readonly state: Readonly<Record<string, string>>;
  /** Held values, by input, of which each run reads `batchSize` rows (along the first axis): of all the same ones. */
  readonly batches: Readonly<Record<string, string>>;
  readonly batchSize: number;
  /** Of the order of the rows: each is drawn once before one is drawn again. */
  readonly seed: number;
  /** Inputs that are a number (float32, no axis), by step. */
  readonly schedule: Readonly<Record<string, Float32Array>>;
  /** Outputs of one number whose values are told, by step. */
  readonly traces: readonly string[];
}

/** Draws rows so that a step's depend on seed and number alone. */
export class RowOrder {
  #epoch = -1;
  #order: number[] = [];

  constructor(
    private readonly rows: number,
    private readonly batchSize: number,
    private readonly seed: number,
  ) {}

  /** The rows of a step. Rows that fill no whole batch wait for another epoch. */
  rowsOf(step: number): number[] {
    const size = Math.min(this.batchSize, this.rows);
    const perEpoch = Math.floor(this.rows / size);
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== this.#epoch) {
      this.#order = shuffledIndices(this.rows, (Math.imul(this.seed, 0x9e3779b1) + epoch) | 0);
      this.#epoch = epoch;
    }
    const start = (step % perEpoch) * size;
    return this.#order.slice(start, start + size);
  }
}

/** Some rows of a value, along its first axis, in this order. */
export function rowsOf({ elementType, shape, data }: TensorArray, rows: readonly number[]): TensorArray {
  const [count = 1, ...rest] = shape;
  const width = data.length / count;
  const drawn = data.slice(0, rows.length * width);
  for (const [i, row] of rows.entries()) {
    drawn.set(data.subarray(row * width, (row + 1) * width) as never, i * width);
  }
  return { elementType, shape: [rows.length, ...rest], data: drawn };
}
