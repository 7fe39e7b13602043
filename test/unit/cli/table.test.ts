import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../src/cli/table.js';
import { wrapped } from '../../../src/cli/wrapped.js';

const columns = [
  { title: 'layer', yields: true },
  { title: 'bytes', align: 'right' as const },
];
const rows = [
  ['/backbone/stage1/block0/attention/qkv/MatMul', '4.00 KB'],
  ['/head', '12 B'],
];

describe('a table', () => {
  it('keeps the ends of names where the terminal is narrow', () => {
    const lines = formatTable(columns, rows, 30).split('\n');
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(30);
    expect(lines[2]).toBe('…attention/qkv/MatMul  4.00 KB');
    expect(lines[3]).toBe(`/head${' '.repeat(21)}12 B`);
  });

  it('is whole where it goes to a file or another program', () => {
    expect(formatTable(columns, rows, undefined)).toContain(rows[0]![0]);
  });

  it('never narrows a name to nothing', () => {
    expect(formatTable(columns, rows, 1)).toContain('ention/qkv/MatMul'.slice(-15));
  });
});

describe('a sentence', () => {
  it('is broken between words, and loses none', () => {
    const text = 'one two three four five six seven';
    const lines = wrapped(text, '  ', 16);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(16);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
    expect(wrapped('a-word-that-is-longer-than-the-terminal', '  ', 16)).toHaveLength(1);
  });
});
