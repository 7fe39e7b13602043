/** A column of a printed table; numbers stand right, words left. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Aligned text, a line a row, two spaces between columns. Widths count code points. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(length(title), ...rows.map((row) => length(row[i] ?? ''))));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? '';
        const space = ' '.repeat(widths[i]! - length(cell));
        return align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map(line),
  ].join('\n');
}

const length = (text: string) => [...text].length;
