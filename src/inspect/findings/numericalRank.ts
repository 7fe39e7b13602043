import type { Tensor } from '../../tensor/tensor.js';
import { storedBytes } from '../../tensor/elementType.js';
import { numbersOf } from '../../tensor/numbers.js';
import { neglectedEnergy, spreadRows, squares, subtractDirection } from './rowSketch.js';

export interface NumericalRank {
  readonly rank: number;
  /** The rank that it could have: the shorter side. */
  readonly full: number;
  /** Part of the energy of the checked rows that lies in the subspace, 0..1. */
  readonly energy: number;
}

/** Rows on which what a sample of rows says is checked; others than those of the sample. */
const checkedRows = 512;
/** Numbers of the subspace that are held at once: 32 MB. */
const mostNumbers = 1 << 22;

/**
 * Whether the matrix [rows, columns] in a tensor lies, up to `neglectedEnergy`, in the span of some of its rows: checked on
 * other rows, at full length. Undefined where it does not, or where the span is too large to be held.
 */
export async function numericalRank(
  tensor: Tensor,
  rows: number,
  columns: number,
  spanning: readonly number[],
  signal?: AbortSignal,
): Promise<NumericalRank | undefined> {
  if (spanning.length * columns > mostNumbers) return undefined;
  const directions: Float64Array[] = [];
  for (const row of spanning) {
    signal?.throwIfAborted();
    const direction = await readRow(tensor, row, columns);
    let left = squares(direction, 0, columns);
    // Twice, for the roundings (Golub and Van Loan, 5.2.9).
    for (const earlier of [...directions, ...directions]) left = subtractDirection(direction, 0, earlier);
    if (!(left > 0)) continue;
    const factor = 1 / Math.sqrt(left);
    directions.push(direction.map((value) => value * factor));
  }
  let all = 0;
  let outside = 0;
  for (const row of spreadRows(rows, checkedRows, 1)) {
    signal?.throwIfAborted();
    const rest = await readRow(tensor, row, columns);
    let left = squares(rest, 0, columns);
    all += left;
    for (const direction of directions) left = subtractDirection(rest, 0, direction);
    outside += left;
  }
  if (!(outside <= neglectedEnergy * all)) return undefined;
  return { rank: directions.length, full: Math.min(rows, columns), energy: 1 - outside / all };
}

async function readRow({ elementType, bytes }: Tensor, row: number, columns: number): Promise<Float64Array> {
  const start = storedBytes(elementType, row * columns);
  const end = storedBytes(elementType, (row + 1) * columns);
  return Float64Array.from(numbersOf(elementType, await bytes.read(start, end), columns));
}
