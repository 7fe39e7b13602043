/** Rows of named cells as CSV and JSON: numbers exact, in the shortest digits that give them again. Browser-safe. */
import { toContractJson } from '../../messages/contractJson.js';

export type Cell = string | number | null;

export interface TableColumn<Row> {
  readonly name: string;
  readonly cell: (row: Row) => Cell;
}

/** RFC 4180, with a header. What is unknown is an empty cell; numbers that are not finite are NaN, Infinity and -Infinity. */
export function* csvTable<Row>(columns: readonly TableColumn<Row>[], rows: Iterable<Row>): Generator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for (const row of rows) yield csvLine(columns.map(({ cell }) => cell(row)));
}

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A list of objects, one a line, with the columns' names as keys. */
export function* jsonTable<Row>(columns: readonly TableColumn<Row>[], rows: Iterable<Row>): Generator<string> {
  let separator = '[\n';
  for (const row of rows) {
    const record = Object.fromEntries(columns.map(({ name, cell }) => [name, toContractJson(cell(row))]));
    yield separator + JSON.stringify(record);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
