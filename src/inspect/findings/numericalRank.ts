/** The numerical rank of a large matrix, from a sample of its rows: bounded work, whatever its size. */
import type { ContentSource } from './contentSource.js';
import type { MatrixSize } from './rowSketch.js';
import { neglectedEnergy, spreadRows } from './rowSketch.js';

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
 * Whether a matrix lies, up to `neglectedEnergy`, in the span of some of its rows: checked on other rows, at full length.
 * Undefined where it does not, or where the span is too large to be held.
 */
export async function numericalRank(
  { read, pause, sketches }: ContentSource,
  { rows, columns }: MatrixSize,
  spanning: readonly number[],
): Promise<NumericalRank | undefined> {
  if (spanning.length * columns > mostNumbers) return undefined;
  const subspace = sketches.subspace(columns, spanning.length);
  for (const row of spanning) {
    subspace.add(await read(row * columns, columns));
    await pause();
  }
  let all = 0;
  let outside = 0;
  for (const row of spreadRows(rows, checkedRows, 1)) {
    const energies = subspace.energies(await read(row * columns, columns));
    all += energies.all;
    outside += energies.outside;
    await pause();
  }
  if (!(outside <= neglectedEnergy * all)) return undefined;
  return { rank: subspace.dimensions, full: Math.min(rows, columns), energy: 1 - outside / all };
}
