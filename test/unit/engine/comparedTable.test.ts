import { describe, expect, it } from 'vitest';
import { comparedRows, findCompared } from '../../../src/engine/comparedTable.js';
import type { LayerPair } from '../../../src/evaluate/comparison.js';
import type { ComparedQuery } from '../../../src/protocol/engineService.js';
import type { CompressReport } from '../../../src/recipe/report.js';

const pair = (a: string | null, b: string | null, status: LayerPair['status'], sqnrDb?: number): LayerPair => ({
  a,
  b,
  index: { a: a === null ? null : 0, b: b === null ? null : 0 },
  op: 'Conv',
  status,
  bytes: { a: 100, b: 25 },
  dtype: { a: 'float32', b: 'int8' },
  error: sqnrDb === undefined ? null : { max: 1, mean: 1, sqnrDb },
  matchedBy: a !== null && b !== null ? 'name' : null,
  changes: status === 'changed' ? [{ id: 'evaluate.change.weight', params: {} }] : [],
});
const pairs = [
  pair('conv1', 'conv1', 'changed', 40),
  pair('relu', 'relu', 'same'),
  pair('conv2', 'conv2', 'changed', 20),
  pair(null, 'conv1_quantize', 'added'),
  pair('tail', 'tail', 'same'),
];
const report = {
  applied: [
    { layer: 'conv1', method: 'quantize', choice: 'int8' },
    { layer: 'conv1', method: 'quantize', choice: 'int8' },
    { layer: 'conv2', method: 'quantize', choice: 'int8' },
    { layer: 'conv2', method: 'quantize', choice: 'uint8 activations' },
  ],
  skipped: [{ layer: 'tail', reason: { id: 'compress.excluded', params: {} } }],
} as unknown as CompressReport;
const all: ComparedQuery = { search: '', sortBy: 'order', descending: false, changedOnly: false };

describe('the table of two models', () => {
  const rows = comparedRows(pairs, report);

  it('says of each layer what was chosen for it or why it was left', () => {
    expect(rows.map(({ choice }) => choice)).toEqual(['int8', null, 'int8, uint8 activations', null, null]);
    expect(rows[4]!.skipped?.id).toBe('compress.excluded');
    expect(comparedRows(pairs, null).every(({ choice, skipped }) => choice === null && skipped === null)).toBe(true);
  });

  it('keeps, of layers that are the same, those that were left for a reason', () => {
    const found = findCompared(rows, { ...all, changedOnly: true });
    expect(found.map(({ pair }) => pair.a ?? pair.b)).toEqual(['conv1', 'conv2', 'conv1_quantize', 'tail']);
  });

  it('sorts by error, the greatest first when descending, unknown errors last', () => {
    const found = findCompared(rows, { ...all, sortBy: 'error', descending: true });
    expect(found.map(({ index }) => index)).toEqual([2, 0, 1, 3, 4]);
  });

  it('searches both names', () => {
    expect(findCompared(rows, { ...all, search: 'quantize' }).map(({ index }) => index)).toEqual([3]);
  });
});
