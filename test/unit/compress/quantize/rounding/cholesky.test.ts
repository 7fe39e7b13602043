import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cholesky } from '../../../../../src/compress/quantize/rounding/cholesky.js';
import { drawn } from './drawnDataset.js';

/** B^T B + I of a drawn B. */
function positiveDefinite(size: number, seed: number): Float64Array {
  const factor = drawn(size * size, seed);
  const matrix = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) matrix[i * size + j]! += factor[k * size + i]! * factor[k * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) matrix[i * size + i]! += 1;
  return matrix;
}

it('factors A = U^T U, across panels of rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 110 }), fc.integer(), async (size, seed) => {
      const matrix = positiveDefinite(size, seed);
      const factor = matrix.slice();
      expect(await cholesky(factor, size)).toBe(true);
      for (let i = 0; i < size; i++) {
        for (let j = i; j < size; j++) {
          let sum = 0;
          for (let k = 0; k <= i; k++) sum += factor[k * size + i]! * factor[k * size + j]!;
          expect(Math.abs(sum - matrix[i * size + j]!)).toBeLessThan(1e-9 * (1 + Math.abs(matrix[i * size + j]!)));
        }
      }
    }),
    { numRuns: 25 },
  );
});

it('says that a matrix is not positive definite', async () => {
  expect(await cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
  expect(await cholesky(Float64Array.of(0), 1)).toBe(false);
  expect(await cholesky(Float64Array.of(NaN), 1)).toBe(false);
});

it('ends where it is cancelled', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(cholesky(positiveDefinite(60, 3), 60, signal)).rejects.toThrow('enough');
});
