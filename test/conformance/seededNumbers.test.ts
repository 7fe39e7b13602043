import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { NumbersSpec } from './seededNumbers.js';
import { numbersOf } from './seededNumbers.js';

const path = resolve(import.meta.dirname, 'golden/parameters.json.gz');
const { seeded } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
  readonly seeded: readonly (NumbersSpec & { readonly bytes: string })[];
};

it.each(seeded)('numbers of seed $seed are those of the Python generator', ({ bytes, ...spec }) => {
  const made = Buffer.from(numbersOf(spec).buffer);
  const fact =
    made.length <= 8 ? made.toString('hex') : `sha256:${createHash('sha256').update(made).digest('hex').slice(0, 32)}`;
  expect(fact).toBe(bytes);
});
