import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeLargeModel } from '../fixtures/largeModel.js';
import { root } from '../rig/folders.js';

/** A model of 1.5 GB, made once for all benchmarks of this clone. */
export async function largeModelPath(): Promise<string> {
  const folder = join(root, 'out', 'bench');
  const path = join(folder, 'large.onnx');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    await writeLargeModel(path, { bytes: 1.5e9 });
  }
  return path;
}
