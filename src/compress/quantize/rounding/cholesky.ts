import { setImmediate } from 'node:timers/promises';

const panelRows = 48;

/**
 * Factors a symmetric positive definite matrix A = U^T U in place: `matrix` [size, size], of which the upper triangle is
 * read, then holds U in its upper triangle. In panels of rows that fit in the cache (Golub and Van Loan, Matrix
 * Computations, 4.2). False where a pivot is not above zero: the matrix is then spoilt. Lets other work have its turn.
 */
export async function cholesky(matrix: Float64Array, size: number, signal?: AbortSignal): Promise<boolean> {
  for (let first = 0; first < size; first += panelRows) {
    const end = Math.min(first + panelRows, size);
    if (!factorPanel(matrix, size, first, end)) return false;
    for (let start = end; start < size; start += 256) {
      for (let row = start; row < Math.min(start + 256, size); row++) subtractPanel(matrix, size, first, end, row);
      if (size > 512) await setImmediate();
      signal?.throwIfAborted();
    }
  }
  return true;
}

/** Factors the rows `first` to `end`, from which the rows above were subtracted already. */
function factorPanel(matrix: Float64Array, size: number, first: number, end: number): boolean {
  for (let k = first; k < end; k++) {
    const row = k * size;
    const pivot = matrix[row + k]!;
    if (!(pivot > 0)) return false;
    const root = Math.sqrt(pivot);
    for (let j = k; j < size; j++) matrix[row + j]! /= root;
    for (let i = k + 1; i < end; i++) {
      const factor = matrix[row + i]!;
      for (let j = i, to = i * size + i, from = row + i; j < size; j++) matrix[to++]! -= factor * matrix[from++]!;
    }
  }
  return true;
}

/** Subtracts what the rows of a panel give to a row below it, four at once. */
function subtractPanel(matrix: Float64Array, size: number, first: number, end: number, row: number): void {
  const start = row * size + row;
  const length = size - row;
  let k = first;
  for (; k + 4 <= end; k += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => (k + i) * size + row) as [number, number, number, number];
    const [fa, fb, fc, fd] = [matrix[a]!, matrix[b]!, matrix[c]!, matrix[d]!];
    for (let j = 0; j < length; j++) {
      matrix[start + j]! -= fa * matrix[a + j]! + fb * matrix[b + j]! + fc * matrix[c + j]! + fd * matrix[d + j]!;
    }
  }
  for (; k < end; k++) {
    const from = k * size + row;
    const factor = matrix[from]!;
    for (let j = 0; j < length; j++) matrix[start + j]! -= factor * matrix[from + j]!;
  }
}
