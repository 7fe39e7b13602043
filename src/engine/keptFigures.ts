/** The full figures of a weight on disk, for the next time its file is opened. */
import type { TensorStatistics } from '../tensor/measure.js';
import type { StateFolder } from './stateFolder.js';

/** Of the form of what is kept; what is kept in another form is measured anew. */
const figuresVersion = 1;

interface KeptFigures {
  readonly version: number;
  readonly statistics: TensorStatistics;
}

export async function readFigures(state: StateFolder, key: string): Promise<TensorStatistics | null> {
  const kept = (await state.readClone('figures', key)) as KeptFigures | null;
  return kept?.version === figuresVersion ? kept.statistics : null;
}

export function writeFigures(state: StateFolder, key: string, statistics: TensorStatistics): Promise<void> {
  const kept: KeptFigures = { version: figuresVersion, statistics };
  return state.writeClone('figures', key, kept);
}
