/** Whether a large matrix may be of low rank, from a sample of its rows: bounded work, whatever its size. */
import type { Numbers } from '../../tensor/statistics.js';
import type { Pause } from './contentSource.js';
import type { CountSketch } from './countSketch.js';
import { countSketch, mixed } from './countSketch.js';
import { product } from './vectors.js';

/** Rows that are sampled, and numbers that stand for each. */
const sampledRows = 256;
const sketchColumns = 512;
/** Multiplied with all earlier ones in some milliseconds. */
const rowsAPart = 32;

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

export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Rows of a matrix spread over it without pattern, each mixed down to a few numbers by a count sketch of the columns.
 * Elimination with pivoting on them gives rows that span all sampled ones (Halko, Martinsson and Tropp 2011, sections 4.3
 * and 5.2: a random sketch keeps the range, and some of a matrix's own rows span it).
 */
export interface RowSketch {
  /** A chunk of the matrix in row-major order, whose first number is element `position`. Chunks come in order. */
  add(chunk: Numbers, position: number): void;
  /** Of each sampled row those of all buckets; as many rows and buckets as make even numbers. */
  readonly sums: Float64Array;
  /** The rows whose span holds all but `neglectedEnergy` of the sample; undefined where it takes more than would pay. */
  spanningRows(pause: Pause): Promise<readonly number[] | undefined>;
}

/** The rows that are sampled, and how many of them at most span a matrix so that two factors would pay. */
export class RowSample {
  readonly rows: readonly number[];
  readonly sketch: CountSketch;
  readonly most: number;
  /** Of the sums: rows and numbers of each, both even. What is too many stays 0. */
  readonly height: number;
  readonly width: number;
  #next = 0;

  constructor(private readonly matrix: MatrixSize) {
    const { rows, columns } = matrix;
    this.rows = spreadRows(rows, sampledRows, 0);
    const width = Math.min(columns, sketchColumns);
    this.sketch = countSketch(columns, width);
    const sampled = this.rows.length;
    this.height = evenFrom(sampled);
    this.width = evenFrom(width);
    // A sample cannot tell a rank near its own size from a full one.
    const visible = sampled === rows ? sampled : Math.floor(sampled * 0.75);
    this.most = Math.min(largestUsefulRank(rows, columns), visible);
  }

  /**
   * What the next elements, from `position` on, hold of sampled rows: `length` from `from` on belong to the sampled row
   * number `row`, from its element `column` on.
   */
  *pieces(position: number, count: number): Generator<{ row: number; column: number; from: number; length: number }> {
    const { columns } = this.matrix;
    const end = position + count;
    while (this.#next < this.rows.length) {
      const start = this.rows[this.#next]! * columns;
      if (start >= end) return;
      const from = Math.max(start, position);
      const to = Math.min(start + columns, end);
      yield { row: this.#next, column: from - start, from: from - position, length: to - from };
      if (to < start + columns) return;
      this.#next++;
    }
  }

  /** Places in the sample as rows of the matrix, ascending. */
  rowsOf(pivots: Iterable<number>): number[] {
    return Array.from(pivots, (pivot) => this.rows[pivot]!).sort((a, b) => a - b);
  }
}

export class PlainRowSketch implements RowSketch {
  readonly #sample: RowSample;
  readonly sums: Float64Array;

  constructor(matrix: MatrixSize) {
    this.#sample = new RowSample(matrix);
    this.sums = new Float64Array(this.#sample.height * this.#sample.width);
  }

  add(chunk: Numbers, position: number): void {
    const { sums } = this;
    const { sketch, width } = this.#sample;
    for (const { row, column, from, length } of this.#sample.pieces(position, chunk.length)) {
      const base = row * width;
      for (let i = 0; i < length; i++) {
        sums[base + sketch.bucket[column + i]!]! += sketch.sign[column + i]! * chunk[from + i]!;
      }
    }
  }

  async spanningRows(pause: Pause): Promise<readonly number[] | undefined> {
    const { height, width, most } = this.#sample;
    const products = new Float64Array(height * height);
    for (let start = 0; start < height; start += rowsAPart) {
      rowProducts(this.sums, width, products, height, start, Math.min(height, start + rowsAPart));
      await pause();
    }
    const pivots = pivotRows(products, height, most);
    return pivots && this.#sample.rowsOf(pivots);
  }
}

function evenFrom(count: number): number {
  return count + (count % 2);
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
function pivotRows(products: Float64Array, rows: number, most: number): number[] | undefined {
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
      rest[r] = Math.max(0, rest[r]! - column[r]! * column[r]!);
    }
    rest[pivot] = 0;
    pivots.push(pivot);
    factors.push(column);
  }
  return pivots;
}

/** The products of rows `start` to `end` with all up to themselves, into both halves of [rows, rows]. */
function rowProducts(
  matrix: Float64Array,
  width: number,
  products: Float64Array,
  rows: number,
  start: number,
  end: number,
): void {
  for (let a = start; a < end; a++) {
    for (let b = 0; b <= a; b++) {
      const sum = product(matrix.subarray(a * width, (a + 1) * width), matrix.subarray(b * width, (b + 1) * width));
      products[a * rows + b] = sum;
      products[b * rows + a] = sum;
    }
  }
}
