import { readFileSync } from 'node:fs';
import type { ModelInput } from '../../../src/data/modelInput.js';
import { fixturePath } from '../models.js';

export const dataPath = (name: string) => fixturePath(`data/${name}`);

/** What make.py put into the files. */
export const written = JSON.parse(readFileSync(dataPath('expected.json'), 'utf8')) as {
  image: number[];
  labels: number[];
  types: Record<string, string[]>;
};

export const imageInput: ModelInput = { name: 'image', elementType: 'float32', shape: ['batch', 1, 2, 3] };
