/** The table of layers with rows of groups: functions of plain data. */
import type { LayerCard } from '../inspect/inspection.js';
import type { AmountColumn, LayerColumn, LayerGroup, TableQuery } from '../protocol/engineService.js';
import { groupKey, groupPath } from './groupKeys.js';
import type { FiguresOf, SortValue } from './layerTable.js';
import { compareValues, findLayers, sortValue } from './layerTable.js';

/** A row of the table: a layer by its position, or a group. */
export type TableEntry = { readonly index: number; readonly depth: number } | { readonly group: LayerGroup };

type Totals = LayerGroup['totals'];

interface Group {
  readonly key: string;
  /** Scopes from the outermost in; one operator. */
  readonly path: readonly string[];
  readonly groups: Map<string, Group>;
  readonly layers: number[];
}

const newGroup = (path: readonly string[]): Group => ({ key: groupKey(path), path, groups: new Map(), layers: [] });

/**
 * The rows that a query finds, in its order. Groups stand among the layers that no group holds: sorted by an amount, by
 * their total; by anything else, by what they hold first. A scope that holds one scope and nothing else stands as one
 * with it, and one that holds a single layer is left out, as VS Code's explorer does with folders.
 */
export function findRows(layers: readonly LayerCard[], query: TableQuery, figuresOf: FiguresOf): TableEntry[] {
  const found = findLayers(layers, query, figuresOf);
  if (query.groupBy === 'none') return found.map((index) => ({ index, depth: 0 }));
  const root = newGroup([]);
  for (const index of found) groupPath(layers[index]!, query.groupBy).reduce(inner, root).layers.push(index);
  const unfolded = new Set(query.unfolded);
  const rank = new Map(found.map((index, at) => [index, at]));
  const searching = query.search.trim() !== '';
  const rows: TableEntry[] = [];

  const list = (held: Group, depth: number): void => {
    const entries = [
      ...held.layers.map((index) => layerEntry(index)),
      ...[...held.groups.values()].map((group) => groupEntry(group, held)),
    ];
    entries.sort((a, b) => compareValues(a.value, b.value, query.descending) || a.rank - b.rank);
    for (const entry of entries) {
      if ('index' in entry) {
        rows.push({ index: entry.index, depth });
        continue;
      }
      const { group, totals, name } = entry;
      const open = searching || unfolded.has(group.key);
      rows.push({ group: { key: group.key, name, depth, open, layers: entry.layers, totals } });
      if (open) list(group, depth + 1);
    }
  };
  const layerEntry = (index: number) => ({
    index,
    value: sortValue(layers[index]!, index, query.sortBy, figuresOf),
    rank: rank.get(index)!,
  });
  const groupEntry = (holder: Group, held: Group) => {
    const all = layersOf(holder);
    if (query.groupBy === 'scope' && all.length === 1) return layerEntry(all[0]!);
    const group = innermost(holder);
    const totals = totalsOf(all, (index, column) => sortValue(layers[index]!, index, column, figuresOf));
    const name = group.path.slice(held.path.length).join('/');
    const best = all.reduce((a, b) => (rank.get(a)! <= rank.get(b)! ? a : b));
    const value = groupValue(query.sortBy, name, totals) ?? layerEntry(best).value;
    return { group, name, layers: all.length, totals, value, rank: rank.get(best)! };
  };

  list(root, 0);
  return rows;
}

function inner(group: Group, part: string): Group {
  const known = group.groups.get(part);
  if (known) return known;
  const made = newGroup([...group.path, part]);
  group.groups.set(part, made);
  return made;
}

/** Goes down as long as a scope holds one scope and nothing else. */
function innermost(group: Group): Group {
  const [only] = group.groups.values();
  return only && group.groups.size === 1 && group.layers.length === 0 ? innermost(only) : group;
}

function layersOf({ layers, groups }: Group): number[] {
  return [...layers, ...[...groups.values()].flatMap(layersOf)];
}

const amounts: readonly AmountColumn[] = [
  'parameters',
  'bytes',
  'macs',
  'bitOperations',
  'activationBytes',
  'energy',
  'time',
];
const isAmount = (column: LayerColumn): column is AmountColumn => amounts.some((amount) => amount === column);

function totalsOf(indices: readonly number[], valueOf: (index: number, column: AmountColumn) => SortValue): Totals {
  const totalOf = (column: AmountColumn): number | null =>
    indices.reduce<number | null>((total, index) => {
      const value = valueOf(index, column);
      return typeof value === 'number' && !Number.isNaN(value) ? (total ?? 0) + value : total;
    }, null);
  return Object.fromEntries(amounts.map((column) => [column, totalOf(column)])) as Totals;
}

/** Undefined where the group stands where its first layer does. */
function groupValue(column: LayerColumn, name: string, totals: Totals): SortValue {
  if (column === 'name' || column === 'op') return name;
  return isAmount(column) ? (totals[column] ?? undefined) : undefined;
}
