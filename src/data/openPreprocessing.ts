import { Failure } from '../messages/failure.js';
import { isPreset, preprocessingSchema, presets, type Preprocessing } from './images/preprocessing.js';
import { readJson } from './jsonFile.js';

/** The preprocessing of a preset's name or of a JSON file; null where none is named. */
export async function openPreprocessing(named: string | null): Promise<Preprocessing | null> {
  if (named === null) return null;
  if (isPreset(named)) return { preset: named };
  if (!/[\\/.]/.test(named)) {
    throw new Failure('data.preprocess', { name: named, presets: Object.keys(presets).join(', ') });
  }
  return readJson(named, preprocessingSchema);
}
