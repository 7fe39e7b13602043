/** The numerical rank of a large matrix from a sample of its rows: bounded work, whatever its size. */
import type { Numbers } from '../../tensor/statistics.js';
import type { CountSketch } from './countSketch.js';
import { countSketch, mixed } from './countSketch.js';

/** Rows that are sampled, and numbers that stand for each. */
const sampledRows = 256;
const sketchColumns = 512;

/** A matrix counts as of the rank whose subspace leaves out less than this part of its energy (sum of squares). */
export const neglectedEnergy = 1e-3;

/** Rank at which two factors [rows, rank] and [rank, columns] take as many numbers as the matrix. */
export function breakEvenRank(rows: number, columns: number): number {
  return (rows * columns) / (rows + columns);
}

/** A rank up to here would save at least half. */
export function largestUsefulRank(rows: number, columns: number): number {
  return Math.floor(breakEvenRank(rows, columns) / 2);
}

/**
 * Rows of a matrix spread over it without pattern, each mixed down to a few numbers by a count sketch of the columns.
 * Elimination with pivoting on them gives rows that span all sampled ones (Halko, Martinsson and Tropp 2011, sections 4.3
 * and 5.2: a random sketch keeps the range, and some of a matrix's own rows span it).
 */
export class RowSketch {
  readonly #rows: readonly number[];
  readonly #sketch: CountSketch;
  readonly #sums: Float64Array;
  readonly #width: number;
  #next = 0;

  constructor(
    private readonly rows: number,
    private readonly columns: number,
  ) {
    this.#rows = spreadRows(rows, sampledRows, 0);
    this.#width = Math.min(columns, sketchColumns);
    this.#sketch = countSketch(columns, this.#width);
    this.#sums = new Float64Array(this.#rows.length * this.#width);
  }

  /** A chunk of the matrix in row-major order, whose first number is element `position`. Chunks come in order. */
  add(chunk: Numbers, position: number): void {
    const { columns } = this;
    const { bucket, sign } = this.#sketch;
    const end = position + chunk.length;
    while (this.#next < this.#rows.length) {
      const start = this.#rows[this.#next]! * columns;
      if (start >= end) return;
      const from = Math.max(start, position);
      const to = Math.min(start + columns, end);
      const base = this.#next * this.#width;
      for (let i = from; i < to; i++) this.#sums[base + bucket[i - start]!]! += sign[i - start]! * chunk[i - position]!;
      if (to < start + columns) return;
      this.#next++;
    }
  }

  /** The rows whose span holds all but `neglectedEnergy` of the sample; undefined where it takes more than would pay. */
  spanningRows(): number[] | undefined {
    const sampled = this.#rows.length;
    // A sample cannot tell a rank near its own size from a full one.
    const visible = sampled === this.rows ? sampled : Math.floor(sampled * 0.75);
    const most = Math.min(largestUsefulRank(this.rows, this.columns), visible);
    const pivots = pivotRows(this.#sums, sampled, this.#width, most);
    return pivots?.map((pivot) => this.#rows[pivot]!).sort((a, b) => a - b);
  }
}

/** `count` different rows, ascending, one at a place without pattern in each of equal parts; all where there are fewer. */
export function spreadRows(rows: number, count: number, seed: number): number[] {
  if (rows <= count) return Array.from({ length: rows }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * rows) / count);
    const end = Math.floor(((i + 1) * rows) / count);
    return start + (mixed(i + seed * count) % (end - start));
  });
}

/**
 * Rows whose span holds all but `neglectedEnergy` of the rows of a matrix, by Cholesky's factorization of their products
 * with pivoting (Golub and Van Loan, 4.2.8): always the row of which most is left. Undefined where `most` do not do.
 */
function pivotRows(matrix: Float64Array, rows: number, width: number, most: number): number[] | undefined {
  const products = rowProducts(matrix, rows, width);
  const rest = Float64Array.from({ length: rows }, (_, r) => products[r * rows + r]!);
  const total = rest.reduce((a, b) => a + b, 0);
  if (!(total > 0 && total < Infinity)) return undefined;
  const pivots: number[] = [];
  const factors: Float64Array[] = [];
  while (rest.reduce((a, b) => a + b, 0) > neglectedEnergy * total) {
    if (pivots.length >= most) return undefined;
    const pivot = rest.reduce((best, value, r) => (value > rest[best]! ? r : best), 0);
    const column = products.slice(pivot * rows, (pivot + 1) * rows);
    for (const factor of factors) {
      const along = factor[pivot]!;
      for (let r = 0; r < rows; r++) column[r]! -= along * factor[r]!;
    }
    const scale = 1 / Math.sqrt(rest[pivot]!);
    for (let r = 0; r < rows; r++) {
      column[r]! *= scale;
      rest[r] = Math.max(0, rest[r]! - column[r]! ** 2);
    }
    rest[pivot] = 0;
    pivots.push(pivot);
    factors.push(column);
  }
  return pivots;
}

/** The products of all pairs of rows, [rows, rows]. */
function rowProducts(matrix: Float64Array, rows: number, width: number): Float64Array {
  const products = new Float64Array(rows * rows);
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = a * width, k = b * width, end = i + width; i < end; i++, k++) sum += matrix[i]! * matrix[k]!;
      products[a * rows + b] = sum;
      products[b * rows + a] = sum;
    }
  }
  return products;
}

/** Makes a row orthogonal to a direction of length 1; returns the square of what is left. */
export function subtractDirection(matrix: Float64Array, base: number, direction: Float64Array): number {
  const width = direction.length;
  let along = 0;
  for (let i = 0; i < width; i++) along += matrix[base + i]! * direction[i]!;
  let left = 0;
  for (let i = 0; i < width; i++) {
    const value = matrix[base + i]! - along * direction[i]!;
    matrix[base + i] = value;
    left += value * value;
  }
  return left;
}

export function squares(matrix: Float64Array, base: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += matrix[base + i]! ** 2;
  return sum;
}
