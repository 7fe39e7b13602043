import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { Failure } from '../../../src/messages/failure.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';

const open = (text: string, inputs: readonly ModelInput[]) => {
  const path = join(temporaryFolder(), 'table.csv');
  writeFileSync(path, text);
  return openDataset(path, inputs);
};
const x: ModelInput = { name: 'x', elementType: 'float32', shape: ['n', 3] };
const ids: ModelInput = { name: 'ids', elementType: 'int64', shape: ['n', 2] };
const numbers = async (text: string, inputs: readonly ModelInput[], name = 'x') => {
  const dataset = await open(text, inputs);
  const all = Array.from({ length: dataset.sampleCount }, (_, i) => i);
  return [...(await dataset.read(all)).feeds[name]!.data];
};

describe('a table as data', () => {
  it('goes by the names of its columns, in any order, with labels beside', async () => {
    const dataset = await open('ids[1],x[2],label,x[0],ids[0],x[1]\n10,3,1,1,20,"2"\n11,6,0,4,21,5e0\n', [x, ids]);
    expect([...dataset.labels!]).toEqual([1, 0]);
    const { feeds } = await dataset.read([0, 1]);
    expect(feeds.x).toEqual({ elementType: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(feeds.ids).toEqual({ elementType: 'int64', shape: [2, 2], data: BigInt64Array.of(20n, 10n, 21n, 11n) });
    expect(dataset.warnings).toEqual([]);
  });

  it('gives a lone input all columns but those of labels, or all where there is no header', async () => {
    expect(await numbers('y,a,b,c\n7,1,2,3\n', [x])).toEqual([1, 2, 3]);
    expect(await numbers('1;2;nan\r\n\r\n4;-inf;.5\r\n', [x])).toEqual([1, 2, NaN, 4, -Infinity, 0.5]);
    expect(await numbers('\ufeffa\tb\tc\n1\t2\t3\n', [x])).toEqual([1, 2, 3]);
    const flat = await open('a,b,c,d\n1,2,3,4\n', [{ ...x, shape: ['n', 1, 2, 'w'] }]);
    expect((await flat.read([0])).feeds.x!.shape).toEqual([1, 1, 2, 2]);
  });

  it('tells where sequences begin', async () => {
    const dataset = await open('x[0],x[1],x[2],sequence\n1,2,3,0\n1,2,3,0\n1,2,3,5\n', [x]);
    expect([0, 1, 2].map((sample) => dataset.startsSequence!(sample))).toEqual([true, false, true]);
  });

  it.each<[string, ModelInput[], string, RegExp]>([
    ['a,b,c\n1,2,x\n', [x], 'data.csv-value', /Line 2 .* "x" in the column c/],
    ['1,2,3\n1,2,3,4\n', [x], 'data.unreadable', /line 2 has 4 fields, unlike the first/],
    ['a,b\n1,2\n', [x], 'data.csv-columns', /2 columns for the input x, which takes \[n,3\]/],
    ['1,2,3\n', [x, ids], 'data.csv-header', /no header/],
    ['x[0],x[1],x[2]\n1,2,3\n', [x, ids], 'data.missing-input', /input ids/],
    ['ids[0],ids[1]\n1,2.5\n', [ids], 'data.csv-whole', /Row 1 .* 2\.5/],
    ['a,b,c\n"1,2,3\n', [x], 'data.unreadable', /never ends/],
    ['a,b,c\n', [x], 'data.no-samples', /no samples/],
    ['', [x], 'data.no-samples', /no samples/],
    ['a,b,c,label\n1,2,3,-1\n', [x], 'data.labels', /sample 0 has -1/],
  ])('says of %j in one sentence what is wrong', async (text, inputs, code, message) => {
    const reading = async () => (await open(text, inputs)).read([0]);
    await expect(reading()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('reads what it is written of numbers', async () => {
    const row = fc.tuple(...Array.from({ length: 3 }, () => fc.float({ noNaN: true }).map((value) => value + 0)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ';', '\t'),
        async (rows, mark) => {
          const text = rows
            .map((each) => each.map((value) => String(value).replace('Infinity', 'inf')).join(mark))
            .join('\n');
          expect(await numbers(text, [x])).toEqual(rows.flat().map(Math.fround));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('opens or fails with a failure, whatever stands in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('1', '.', ',', ';', '"', '\n', '\r', 'a', '-', ' ', 'é') }),
        async (text) => {
          await open(text, [x]).catch((error: unknown) => expect(error).toBeInstanceOf(Failure));
        },
      ),
      { numRuns: 100 },
    );
  });
});
