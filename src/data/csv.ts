/** Tables of numbers as text (RFC 4180; also with semicolons or tabs), a row a sample. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { Failure } from '../messages/failure.js';
import { elementCount, elementTypes } from '../tensor/elementType.js';
import { emptyNumericArray } from '../tensor/numericArray.js';
import { shapeText, type ModelInput } from './modelInput.js';
import type { SampleArray } from './npy.js';
import type { NamedArrays } from './numpyFiles.js';

/** Names of columns that are no input's. */
const SPECIAL = ['labels', 'label', 'y', 'class', 'sequence', 'sequences'];
const ENCODED_START = 64 << 10;

interface Table {
  readonly file: string;
  /** Absent where the first row is of numbers. */
  readonly header: readonly string[] | undefined;
  readonly columns: number;
  /** Row after row. */
  readonly numbers: Float64Array;
}

/**
 * Opens a table as arrays: the columns of an input are those of its name (`x`, or `x[0]`, `x[1]`, … in any order); a lone input
 * takes all columns that are not `label`, `labels`, `y`, `class` or `sequence`. Each row holds one sample, in row-major order.
 */
export async function openCsv(path: string, inputs: readonly ModelInput[]): Promise<NamedArrays> {
  const table = await readTable(path);
  const arrays = new Map<string, SampleArray>();
  if (table.numbers.length === 0) throw new Failure('data.no-samples', { file: path });
  const { header } = table;
  if (!header) {
    const [input, ...others] = inputs;
    if (!input || others.length > 0) throw new Failure('data.csv-header', { file: path });
    arrays.set(
      input.name,
      columnsArray(table, allColumns(table.columns), sampleShape(path, input, table.columns), input.elementType),
    );
    return namedArrays(arrays);
  }
  const used = new Set<number>();
  for (const input of inputs) {
    const own = columnsOf(header, input.name);
    const columns = own.length > 0 ? own : inputs.length === 1 ? otherColumns(header) : [];
    if (columns.length === 0) continue;
    arrays.set(input.name, columnsArray(table, columns, sampleShape(path, input, columns.length), input.elementType));
    columns.forEach((column) => used.add(column));
  }
  for (const [column, name] of header.entries()) {
    if (!used.has(column)) arrays.set(name === 'class' ? 'label' : name, columnsArray(table, [column], []));
  }
  return namedArrays(arrays);
}

function namedArrays(arrays: ReadonlyMap<string, SampleArray>): NamedArrays {
  return { names: [...arrays.keys()], open: (name) => Promise.resolve(arrays.get(name)!) };
}

const allColumns = (count: number) => Array.from({ length: count }, (_, i) => i);

function otherColumns(header: readonly string[]): number[] {
  return allColumns(header.length).filter((column) => !SPECIAL.includes(header[column]!));
}

/** The columns of an input in the order of their numbers. */
function columnsOf(header: readonly string[], input: string): number[] {
  const numbered: [number: number, column: number][] = [];
  for (const [column, name] of header.entries()) {
    if (name === input) numbered.push([0, column]);
    else if (name.startsWith(`${input}[`)) {
      const number = /^\[(\d+)\]$/.exec(name.slice(input.length))?.[1];
      if (number !== undefined) numbered.push([Number(number), column]);
    }
  }
  return numbered.sort(([a], [b]) => a - b).map(([, column]) => column);
}

/** The shape of a sample of so many numbers: that of the input, of which one size may be free. */
function sampleShape(file: string, { name, shape }: ModelInput, count: number): number[] {
  const wanted = shape && (shape.length > 0 ? shape.slice(1) : []);
  if (!wanted) return [count];
  const known = wanted.reduce<number>((product, size) => product * (typeof size === 'number' ? size : 1), 1);
  const free = wanted.filter((size) => typeof size !== 'number').length;
  const rest = free === 1 && known > 0 ? count / known : 1;
  if (free > 1 || !Number.isInteger(rest) || known * rest !== count) {
    throw new Failure('data.csv-columns', { file, input: name, count, expected: shapeText(shape) });
  }
  return wanted.map((size) => (typeof size === 'number' ? size : rest));
}

/** The columns as numbers of a type that goes into that of the input. */
function columnsArray(
  { columns, numbers, file }: Table,
  chosen: readonly number[],
  shape: readonly number[],
  wanted: ModelInput['elementType'] = 'float64',
): SampleArray {
  const isWhole = wanted !== 'other' && ['integer', 'boolean'].includes(elementTypes[wanted].kind);
  const elementType = isWhole ? 'int64' : wanted === 'float64' ? 'float64' : 'float32';
  const length = elementCount(shape);
  return {
    elementType,
    shape: [numbers.length / columns, ...shape],
    readRows: (rows) => {
      const data = emptyNumericArray(elementType, rows.length * length);
      for (const [i, row] of rows.entries()) {
        for (let j = 0; j < length; j++) {
          const value = numbers[row * columns + chosen[j]!]!;
          if (isWhole && !Number.isInteger(value)) throw new Failure('data.csv-whole', { file, row: row + 1, value });
          data[i * length + j] = isWhole ? BigInt(value) : value;
        }
      }
      return Promise.resolve(data);
    },
  };
}

async function readTable(path: string): Promise<Table> {
  const delimiter = await delimiterOf(path);
  const parser = parse({
    delimiter,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: 64 << 20,
  });
  const source = createReadStream(path);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: string[] | undefined;
  let columns = 0;
  let numbers = new Float64Array(1024);
  let length = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (columns === 0) {
        columns = record.length;
        if (record.some((text) => numberOf(text) === undefined)) {
          header = record;
          continue;
        }
      }
      if (length + columns > numbers.length) numbers = grown(numbers, length + columns);
      for (const [i, text] of record.entries()) {
        const value = numberOf(text);
        if (value === undefined) {
          const column = header?.[i] ?? String(i + 1);
          throw new Failure('data.csv-value', { file: path, line: info.lines, column, text: text.slice(0, 40) });
        }
        numbers[length++] = value;
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Failure('data.unreadable', { file: path, kind: 'CSV', detail: csvDetail(error) }, { cause: error });
  } finally {
    source.destroy();
  }
  return { file: path, header, columns: Math.max(1, columns), numbers: numbers.subarray(0, length) };
}

function grown(numbers: Float64Array<ArrayBuffer>, needed: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(needed, 2 * numbers.length));
  larger.set(numbers);
  return larger;
}

/** Decimal numbers, also nan and infinities as numpy writes them; undefined for anything else. */
function numberOf(text: string): number | undefined {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const named = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(text);
  if (!named) return undefined;
  return named[2]!.toLowerCase() === 'nan' ? NaN : named[1] === '-' ? -Infinity : Infinity;
}

function csvDetail(error: CsvError): string {
  const { lines, columns } = error as CsvError & { lines?: number; columns?: unknown };
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const record = (error as CsvError & { record?: unknown[] }).record;
    return `line ${lines} has ${record?.length ?? 'another number of'} fields, unlike the first`;
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return `a quoted field that is opened before line ${lines} never ends`;
  return lines === undefined ? `it is damaged (${String(columns)})` : `line ${lines} is damaged`;
}

/** Comma, semicolon or tab: the one that the first line has most of. */
async function delimiterOf(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ENCODED_START), 0, ENCODED_START, 0);
    const line = /^[^\r\n]*/.exec(buffer.toString('utf8', 0, bytesRead).trimStart())![0];
    const count = (mark: string) => line.split(mark).length;
    return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
  } finally {
    await handle.close();
  }
}
