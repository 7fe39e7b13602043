import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeLargeModel } from '../fixtures/largeModel.js';
import { root } from '../rig/folders.js';

/** A model of 1.5 GB, made once for all benchmarks of this clone. */
export function largeModelPath(): Promise<string> {
  return made('large.onnx', (path) => writeLargeModel(path, { bytes: 1.5e9 }));
}

/** A model of 3 GB whose weights lie in a data file. */
export function largerModelPath(): Promise<string> {
  return made('larger.onnx', (path) => writeLargeModel(path, { bytes: 3e9, seed: 2, externalData: true }));
}

async function made(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const folder = join(root, 'out', 'bench');
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    await make(path);
  }
  return path;
}
