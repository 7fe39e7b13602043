import type { Numbers } from '../../tensor/statistics.js';
import { product } from './vectors.js';

/** The span of rows of a matrix. */
export interface Subspace {
  readonly dimensions: number;
  /** Widens the span by a row, unless it lies in it. */
  add(row: Numbers): void;
  /** The energy (sum of squares) of a row, and what of it lies outside. */
  energies(row: Numbers): { readonly all: number; readonly outside: number };
}

/** As directions of length 1, orthogonal to each other: by Gram and Schmidt, modified (Golub and Van Loan, 5.2.8). */
export class PlainSubspace implements Subspace {
  readonly #directions: Float64Array[] = [];
  readonly #row: Float64Array;

  /** Of rows of so many elements. */
  constructor(columns: number) {
    this.#row = new Float64Array(columns + (columns % 2));
  }

  get dimensions(): number {
    return this.#directions.length;
  }

  add(row: Numbers): void {
    this.#row.set(row);
    let left = product(this.#row, this.#row);
    // Twice, for the roundings (Golub and Van Loan, 5.2.9).
    for (let round = 0; round < 2; round++) {
      for (const direction of this.#directions) left = subtractDirection(this.#row, direction);
    }
    if (!(left > 0)) return;
    const factor = 1 / Math.sqrt(left);
    this.#directions.push(this.#row.map((value) => value * factor));
  }

  energies(row: Numbers): { all: number; outside: number } {
    this.#row.set(row);
    const all = product(this.#row, this.#row);
    let outside = all;
    for (const direction of this.#directions) outside = subtractDirection(this.#row, direction);
    return { all, outside };
  }
}

/** Makes a row orthogonal to a direction of length 1; returns the square of what is left. */
function subtractDirection(row: Float64Array, direction: Float64Array): number {
  const along = product(row, direction);
  for (let i = 0; i < row.length; i++) row[i]! -= along * direction[i]!;
  return product(row, row);
}
