import { lacksPreprocessing } from '../data/lacksPreprocessing.js';
import { likelyPresets } from '../data/images/likelyPresets.js';
import type { PresetName } from '../data/images/preprocessing.js';
import { openModel } from '../onnx/openModel.js';

/** The presets for images that bring no preprocessing along, the likeliest for the model first; null for other data. */
export async function imagePresets(model: string, data: string): Promise<readonly PresetName[] | null> {
  if (!(await lacksPreprocessing(data))) return null;
  const opened = await openModel(model);
  try {
    return likelyPresets(opened.model);
  } finally {
    await opened.close();
  }
}
