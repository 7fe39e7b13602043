/** Which columns of the layer table are seen. Pure. */
import type { LayerTableColumn } from './columns.js';

/** Choices made by hand, by id; a column without one is as it is by default. */
export type ColumnChoices = Readonly<Record<string, boolean>>;

/** The columns that are seen. One that was chosen by hand is there however narrow the table is. */
export function chosenColumns(columns: readonly LayerTableColumn[], choices: ColumnChoices): LayerTableColumn[] {
  return columns
    .filter((column) => isChosen(column, choices))
    .map((column) => (choices[column.id] ? { ...column, from: 0 } : column));
}

export function isChosen({ id, byDefault }: LayerTableColumn, choices: ColumnChoices): boolean {
  return byDefault === undefined || (choices[id] ?? byDefault === 'shown');
}

/** The choices with one column switched. */
export function switchColumn(column: LayerTableColumn, choices: ColumnChoices): ColumnChoices {
  return { ...choices, [column.id]: !isChosen(column, choices) };
}
