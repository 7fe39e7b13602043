import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramCsv, histogramJson } from '../../../../src/inspect/export/histogramTable.js';
import type { Cell, TableColumn } from '../../../../src/inspect/export/table.js';
import { csvTable, jsonTable } from '../../../../src/inspect/export/table.js';

/** A reader of RFC 4180, by its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length;) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else while (text[at] !== ',' && text[at] !== '\r') cell += text[at++];
    row.push(cell);
    if (text[at] === ',') at++;
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n');
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

const columns: readonly TableColumn<readonly Cell[]>[] = [
  { name: 'first', cell: ([first]) => first! },
  { name: 'second "one"', cell: ([, second]) => second! },
];

describe('csvTable', () => {
  it('is read again as it was, by the grammar of RFC 4180', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a,b', '"', '\r\n', ' x', '""\n'),
      fc.double(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const read = parseCsv([...csvTable(columns, rows)].join(''));
        expect(read).toEqual([['first', 'second "one"'], ...rows.map((row) => row.map(String))]);
        for (const [i, row] of rows.entries()) {
          for (const [j, value] of row.entries()) {
            if (typeof value === 'number') expect(Number(read[i + 1]![j])).toEqual(value + 0);
          }
        }
      }),
    );
  });

  it('leaves empty what is unknown', () => {
    expect([...csvTable(columns, [[null, -Infinity]])].join('')).toBe('first,"second ""one"""\r\n,-Infinity\r\n');
  });
});

describe('jsonTable', () => {
  it('is a list of objects, with what is not finite as the contract has it', () => {
    expect(
      JSON.parse(
        [
          ...jsonTable(columns, [
            ['a', NaN],
            [null, 0.1],
          ]),
        ].join(''),
      ),
    ).toEqual([
      { first: 'a', 'second "one"': 'NaN' },
      { first: null, 'second "one"': 0.1 },
    ]);
    expect(JSON.parse([...jsonTable(columns, [])].join(''))).toEqual([]);
  });
});

describe('histograms', () => {
  const histogram = { layer: 'l', weight: 'w', min: -1, max: 2, counts: Float64Array.of(1, 0, 5) };

  it('have a line a bin in CSV, whose edges meet', () => {
    expect([...histogramCsv(histogram)].join('')).toBe('from,to,count\r\n-1,0,1\r\n0,1,0\r\n1,2,5\r\n');
    expect([...histogramCsv({ min: NaN, max: NaN, counts: new Float64Array(3) })].join('')).toBe('from,to,count\r\n');
  });

  it('name what they are of in JSON', () => {
    expect(JSON.parse(histogramJson(histogram).join(''))).toEqual({ ...histogram, counts: [1, 0, 5] });
  });
});
