import { describe, expect, it } from 'vitest';
import type { LayerRow } from '../../../src/protocol/engineService.js';
import { chosenColumns, isChosen, switchColumn } from '../../../webview/layers/columnChoice.js';
import type { LayerTableColumn } from '../../../webview/layers/columns.js';

const column = (id: string, rest: Partial<LayerTableColumn> = {}): LayerTableColumn => ({
  id,
  title: 'page.layers.name',
  width: '1fr',
  cell: () => id,
  exact: () => `exact ${id}`,
  ...rest,
});
const columns = [
  column('name'),
  column('macs', { byDefault: 'shown', from: 900, groupCell: () => 'total', groupExact: () => 'exact total' }),
  column('std', { byDefault: 'hidden' }),
];
const ids = (choices: Record<string, boolean>) => chosenColumns(columns, choices).map(({ id }) => id);

describe('the columns that are seen', () => {
  it('are those of the default until a person chooses', () => {
    expect(ids({})).toEqual(['name', 'macs']);
    expect(ids({ macs: false, std: true })).toEqual(['name', 'std']);
  });

  it('keep one that has no choice, and ignore what is not known', () => {
    expect(ids({ name: false, gone: true })).toEqual(['name', 'macs']);
  });

  it('need no room where they were chosen by hand', () => {
    expect(chosenColumns(columns, {})[1]!.from).toBe(900);
    expect(chosenColumns(columns, { macs: true })[1]!.from).toBe(0);
  });

  it('are switched back and forth', () => {
    const once = switchColumn(columns[2]!, {});
    expect(isChosen(columns[2]!, once)).toBe(true);
    expect(isChosen(columns[2]!, switchColumn(columns[2]!, once))).toBe(false);
  });

  it('show the totals of a group where they have any', () => {
    const [name, macs] = chosenColumns(columns, {});
    const group = {
      group: { key: 'a', name: 'a', depth: 0, open: false, layers: 1 },
      share: 0,
    } as unknown as Parameters<NonNullable<typeof macs>['cell']>[0];
    expect([name!.cell(group), macs!.cell(group)]).toEqual([undefined, 'total']);
    expect([name!.exact!(group), macs!.exact!(group)]).toEqual(['', 'exact total']);
    const row = { index: 0 } as unknown as LayerRow & { depth: number };
    expect([macs!.cell(row), macs!.exact!(row)]).toEqual(['macs', 'exact macs']);
  });
});
