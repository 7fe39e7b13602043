import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNpz } from '../../../src/data/numpyFiles.js';
import { Failure } from '../../../src/messages/failure.js';
import { dataPath, written } from './datasetFixtures.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-npz-'));
});
afterAll(() => rm(folder, { recursive: true }));

const all = (count: number) => Array.from({ length: count }, (_, i) => i);

async function readAll(path: string, name: string) {
  const array = await (await openNpz(path)).open(name);
  return { ...array, data: await array.readRows(all(array.shape[0]!)) };
}

describe('arrays that numpy wrote', () => {
  it.each(['plain.npz', 'compressed.npz', 'fortran.npz'])('%s', async (file) => {
    const { elementType, shape, data } = await readAll(dataPath(file), 'image');
    expect({ elementType, shape }).toEqual({ elementType: 'float32', shape: [5, 1, 2, 3] });
    expect([...data]).toEqual(written.image);
  });

  it.each(['v1', 'v2', 'v3'])('header %s', async (name) => {
    const { data } = await readAll(dataPath('versions.npz'), name);
    expect([...data]).toEqual(written.image);
  });

  it.each(Object.keys(written.types))('type %s', async (type) => {
    const { shape, data } = await readAll(dataPath('types.npz'), type);
    expect(shape).toEqual([2, 2]);
    const numbers = [...data].map((value) => (typeof value === 'bigint' ? String(value) : value));
    expect(numbers).toEqual(written.types[type]!.map((text) => (typeof numbers[0] === 'string' ? text : Number(text))));
  });

  it('rows in any order, also from Fortran order', async () => {
    for (const file of ['plain.npz', 'compressed.npz', 'fortran.npz']) {
      const array = await (await openNpz(dataPath(file))).open('image');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(4)), async (rows) => {
          const expected = rows.flatMap((row) => written.image.slice(row * 6, row * 6 + 6));
          expect([...(await array.readRows(rows))]).toEqual(expected);
        }),
      );
    }
  });
});

describe('archives of another maker', () => {
  it('reads what fflate writes, at every level', async () => {
    const member = new Uint8Array(await readFile(dataPath('lone.npy')));
    for (const level of [0, 1, 9] as const) {
      const path = join(folder, `level-${level}.npz`);
      await writeFile(path, zipSync({ 'image.npy': member, 'note.txt': new Uint8Array(3) }, { level, comment: 'a' }));
      expect([...(await readAll(path, 'image')).data]).toEqual(written.image);
      expect((await openNpz(path)).names).toEqual(['image']);
    }
  });
});

describe('damage', () => {
  const ends = async (path: string) => {
    const archive = await openNpz(path);
    for (const name of archive.names) {
      const array = await archive.open(name);
      await array.readRows(all(array.shape[0] ?? 0));
    }
  };

  it('an archive cut anywhere gives one sentence', async () => {
    const bytes = await readFile(dataPath('compressed.npz'));
    const path = join(folder, 'cut.npz');
    for (let length = 0; length < bytes.length; length += 7) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(ends(path)).rejects.toMatchObject({ code: 'data.unreadable' });
    }
  });

  it('flipped bytes give the data, or one sentence', async () => {
    const originals = [await readFile(dataPath('compressed.npz')), await readFile(dataPath('plain.npz'))];
    const path = join(folder, 'flipped.npz');
    await fc.assert(
      fc.asyncProperty(fc.nat(1), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, position, flip) => {
        const bytes = Buffer.from(originals[which]!);
        bytes[position % bytes.length]! ^= flip;
        await writeFile(path, bytes);
        await ends(path).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
          expect(['data.unreadable', 'data.array-type']).toContain(error.code);
        });
      }),
      { numRuns: 500, examples: [[1, 1238394594, 57]] },
    );
  });

  it('a file that changes while it is used', async () => {
    const path = join(folder, 'changing.npz');
    await writeFile(path, await readFile(dataPath('plain.npz')));
    const array = await (await openNpz(path)).open('image');
    await writeFile(path, await readFile(dataPath('double.npz')));
    await expect(array.readRows([0])).rejects.toMatchObject({ code: 'data.changed' });
  });
});
