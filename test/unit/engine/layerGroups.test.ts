import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holderKeys } from '../../../src/engine/groupKeys.js';
import type { TableEntry } from '../../../src/engine/layerGroups.js';
import { findRows } from '../../../src/engine/layerGroups.js';
import type { MeasuredFigures } from '../../../src/engine/layerTable.js';
import { findLayers } from '../../../src/engine/layerTable.js';
import type { LayerCard } from '../../../src/inspect/inspection.js';
import type { LayerColumn, LayerGrouping, TableQuery } from '../../../src/protocol/engineService.js';
import { freeCost } from '../inspect/cost/freeCost.js';

const layer = (name: string, op: string, bytes = 0, macs: number | null = null): LayerCard => ({
  name,
  op,
  domain: '',
  inputs: [],
  outputs: [],
  parameters: bytes / 4,
  bytes,
  macs,
  cost: freeCost,
  weights: [],
  outputShape: null,
});
const network = [
  layer('/stem/Conv', 'Conv', 40, 500),
  layer('/layers/0/attention/query/MatMul', 'MatMul', 400, 100),
  layer('/layers/0/attention/Softmax', 'Softmax'),
  layer('/layers/0/norm/Add', 'Add', 8),
  layer('/layers/0/norm/Mul', 'Mul', 8),
  layer('/layers/1/attention/query/MatMul', 'MatMul', 4000, null),
  layer('/layers/1/attention/Softmax', 'Softmax'),
  layer('head', 'Gemm', 80, 60),
];
const all: TableQuery = {
  search: '',
  sortBy: 'order',
  descending: false,
  weightsOnly: false,
  groupBy: 'scope',
  unfolded: [],
};
const rowsOf = (query: Partial<TableQuery>, layers = network) => findRows(layers, { ...all, ...query }, () => ({}));
const said = (entries: readonly TableEntry[], layers = network) =>
  entries.map((entry) => {
    const [depth, name] =
      'group' in entry
        ? [entry.group.depth, `${entry.group.open ? '-' : '+'}${entry.group.name} (${entry.group.layers})`]
        : [entry.depth, layers[entry.index]!.name];
    return `${'  '.repeat(depth)}${name}`;
  });

describe('the table of layers in groups', () => {
  it('is the list of layers where nothing is gathered', () => {
    expect(rowsOf({ groupBy: 'none' })).toEqual(network.map((_, index) => ({ index, depth: 0 })));
  });

  it('folds scopes, in file order, with those of one layer left out and chains of scopes as one', () => {
    expect(said(rowsOf({}))).toEqual(['/stem/Conv', '+layers (6)', 'head']);
    expect(said(rowsOf({ unfolded: ['layers', 'layers/0', 'layers/0/attention'] }))).toEqual([
      '/stem/Conv',
      '-layers (6)',
      '  -0 (4)',
      '    -attention (2)',
      '      /layers/0/attention/query/MatMul',
      '      /layers/0/attention/Softmax',
      '    +norm (2)',
      '  +1/attention (2)',
      'head',
    ]);
  });

  it('gathers operators, with totals', () => {
    const groups = rowsOf({ groupBy: 'op', sortBy: 'bytes', descending: true }).map(
      (row) => 'group' in row && row.group,
    );
    expect(
      groups.map(
        (group) => group && [group.key, group.layers, group.totals.parameters, group.totals.bytes, group.totals.macs],
      ),
    ).toEqual([
      ['MatMul', 2, 1100, 4400, 100],
      ['Gemm', 1, 20, 80, 60],
      ['Conv', 1, 10, 40, 500],
      ['Add', 1, 2, 8, null],
      ['Mul', 1, 2, 8, null],
      ['Softmax', 2, 0, 0, null],
    ]);
  });

  it('adds up the times of layers that have a kernel of their own', () => {
    const time = (index: number): MeasuredFigures => {
      if (index === 1) return { time: { kernel: 'own', milliseconds: 2, into: null } };
      return index === 5 ? { time: { kernel: 'own', milliseconds: 0.5, into: null } } : {};
    };
    const rows = findRows(network, { ...all, groupBy: 'op', sortBy: 'time', descending: true }, time);
    const times = rows.map((row) => 'group' in row && [row.group.name, row.group.totals.time]);
    expect(times.slice(0, 2)).toEqual([
      ['MatMul', 2.5],
      ['Conv', null],
    ]);
  });

  it('stands open while something is searched', () => {
    expect(said(rowsOf({ search: 'softmax' }))).toEqual([
      '-layers (2)',
      '  /layers/0/attention/Softmax',
      '  /layers/1/attention/Softmax',
    ]);
  });

  it('sorts groups among layers, by their totals', () => {
    expect(said(rowsOf({ sortBy: 'bytes', descending: true }))).toEqual(['+layers (6)', 'head', '/stem/Conv']);
    expect(said(rowsOf({ sortBy: 'macs', descending: true }))).toEqual(['/stem/Conv', '+layers (6)', 'head']);
  });

  const names = fc
    .array(fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 5 }), { maxLength: 40 })
    .map((paths) => paths.map((path, i) => layer(`${path.join('/')}/n${i}`, `Op${i % 3}`, (i * 7) % 12)));
  const columns = fc.constantFrom<LayerColumn>('order', 'name', 'op', 'bytes', 'macs', 'min');
  const groupings = fc.constantFrom<LayerGrouping>('op', 'scope');

  it('holds each layer once when all is open, and its groups say how many they hold', () => {
    fc.assert(
      fc.property(names, columns, fc.boolean(), groupings, (layers, sortBy, descending, groupBy) => {
        const query = { ...all, sortBy, descending, groupBy };
        const keys = (rows: readonly TableEntry[]) => rows.flatMap((row) => ('group' in row ? [row.group.key] : []));
        let unfolded: string[] = [];
        let rows = findRows(layers, query, () => ({}));
        while (keys(rows).length > unfolded.length) {
          unfolded = keys(rows);
          rows = findRows(layers, { ...query, unfolded }, () => ({}));
        }
        expect(new Set(unfolded).size).toBe(unfolded.length);
        const indices = rows.flatMap((row) => ('group' in row ? [] : [row.index]));
        expect([...indices].sort((a, b) => a - b)).toEqual([...layers.keys()]);
        rows.forEach((row, at) => {
          if (!('group' in row)) return;
          const { depth, layers: count, totals } = row.group;
          const inside: number[] = [];
          for (const next of rows.slice(at + 1)) {
            if (('group' in next ? next.group.depth : next.depth) <= depth) break;
            if (!('group' in next)) inside.push(next.index);
          }
          expect(inside).toHaveLength(count);
          expect(inside.reduce((sum, index) => sum + layers[index]!.bytes, 0)).toBe(totals.bytes);
        });
      }),
    );
  });

  it('shows a layer whose holders are unfolded', () => {
    fc.assert(
      fc.property(names, groupings, fc.nat(), (layers, groupBy, pick) => {
        if (layers.length === 0) return;
        const index = pick % layers.length;
        const query = { ...all, groupBy, unfolded: holderKeys(layers[index]!, groupBy) };
        expect(findRows(layers, query, () => ({}))).toContainEqual(expect.objectContaining({ index }));
      }),
    );
  });

  it('keeps the order of the table within a group', () => {
    fc.assert(
      fc.property(names, columns, fc.boolean(), (layers, sortBy, descending) => {
        const query = { ...all, sortBy, descending, groupBy: 'op' as const, unfolded: ['Op0', 'Op1', 'Op2'] };
        const order = findLayers(layers, query, () => ({}));
        for (const op of query.unfolded) {
          const inGroup = findRows(layers, query, () => ({}))
            .flatMap((row) => ('group' in row ? [] : [row.index]))
            .filter((index) => layers[index]!.op === op);
          expect(inGroup).toEqual(order.filter((index) => layers[index]!.op === op));
        }
      }),
    );
  });
});
