import { oneLine } from './printable.js';

/** A column of a printed table; numbers stand right, words left. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way where the table is wider than the terminal: its cells lose their beginnings. */
  readonly yields?: boolean;
}

/** A column that gives way keeps so much. */
const narrowest = 16;

/**
 * Aligned text, a line a row, two spaces between columns. Widths count code points. Where `width` is given, the column that
 * yields is narrowed until the lines fit.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined = process.stdout.columns,
): string {
  const cells = rows.map((row) => columns.map((_, i) => oneLine(row[i] ?? '')));
  const widths = columns.map(({ title }, i) =>
    cells.reduce((most, row) => Math.max(most, length(row[i]!)), length(title)),
  );
  const yielding = columns.findIndex((column) => column.yields);
  if (width !== undefined && yielding >= 0) {
    const excess = widths.reduce((sum, each) => sum + each + 2, -2) - width;
    if (excess > 0) widths[yielding] = Math.max(Math.min(narrowest, widths[yielding]!), widths[yielding]! - excess);
  }
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, i) => {
        const cell = ending(row[i]!, widths[i]!);
        const space = ' '.repeat(widths[i]! - length(cell));
        return align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((each) => '─'.repeat(each))),
    ...cells.map(line),
  ].join('\n');
}

/** The end of a text that is too long: the last parts of a layer's name tell it apart. */
function ending(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `…${points.slice(points.length - width + 1).join('')}`;
}

const length = (text: string) => [...text].length;
