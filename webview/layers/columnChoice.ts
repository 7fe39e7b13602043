/** Which columns of the layer table are seen. Pure. */
import type { LayerColumn, TableRow } from '../../src/protocol/engineService.js';
import type { Column } from '../grid/grid.js';
import type { LayerTableColumn } from './columns.js';

/** Choices made by hand, by id; a column without one is as it is by default. */
export type ColumnChoices = Readonly<Record<string, boolean>>;

/** The columns that are seen. One that was chosen by hand is there however narrow the table is. */
export function chosenColumns(
  columns: readonly LayerTableColumn[],
  choices: ColumnChoices,
): Column<TableRow, LayerColumn>[] {
  return columns
    .filter((column) => isChosen(column, choices))
    .map((column) => ({
      ...column,
      from: choices[column.id] ? 0 : column.from,
      cell: (row) => ('group' in row ? column.groupCell?.(row) : column.cell(row)),
      exact: (row) => ('group' in row ? column.groupExact?.(row) : column.exact?.(row)) ?? '',
    }));
}

export function isChosen({ id, byDefault }: LayerTableColumn, choices: ColumnChoices): boolean {
  return byDefault === undefined || (choices[id] ?? byDefault === 'shown');
}

/** The choices with one column switched. */
export function switchColumn(column: LayerTableColumn, choices: ColumnChoices): ColumnChoices {
  return { ...choices, [column.id]: !isChosen(column, choices) };
}
