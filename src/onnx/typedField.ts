import type { Failure } from '../messages/failure.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementTypes, storedBytes } from '../tensor/elementType.js';
import { ByteRange } from './byteSource.js';
import type { PayloadRun } from './payload.js';

/**
 * The typed fields of a TensorProto (`float_data`, `int32_data`, …) in the layout of `raw_data`. An *entry* is one number
 * of the field: an element, or for `int32_data` below 8 bits one byte of packed elements (one element for the 6-bit types),
 * as TensorProto's documentation says.
 */
export type TypedFieldName = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data';

/** The typed field that an element type is stored in. */
export function typedFieldOf(type: ElementType): TypedFieldName | undefined {
  switch (type) {
    case 'float32':
    case 'complex64':
      return 'floatData';
    case 'float64':
    case 'complex128':
      return 'doubleData';
    case 'int64':
      return 'int64Data';
    case 'uint32':
    case 'uint64':
      return 'uint64Data';
    case 'string':
      return undefined;
    default:
      return 'int32Data';
  }
}

interface Layout {
  /** 'varint', or the bytes of a fixed-size entry. */
  readonly entry: 'varint' | 4 | 8;
  /** `entries` of the field make `bytes` of raw_data. */
  readonly entries: number;
  readonly bytes: number;
}

function layoutOf(type: ElementType, field: TypedFieldName): Layout {
  if (field === 'floatData') return { entry: 4, entries: 1, bytes: 4 };
  if (field === 'doubleData') return { entry: 8, entries: 1, bytes: 8 };
  const { bits } = elementTypes[type];
  if (bits === 6) return { entry: 'varint', entries: 4, bytes: 3 };
  return { entry: 'varint', entries: 1, bytes: Math.max(1, bits / 8) };
}

/** Where a reading can be taken up again: `entry` begins at `offset` of run `run`. */
interface Mark {
  readonly entry: number;
  readonly run: number;
  readonly offset: number;
}

const chunk = 256 << 10;
const entriesBetweenMarks = 1 << 16;

/** Reads a typed field as raw_data: forward from the nearest mark, of which it leaves some on its way. */
export class TypedField {
  readonly #layout: Layout;
  readonly #marks: Mark[] = [{ entry: 0, run: 0, offset: 0 }];
  readonly byteLength: number;

  constructor(
    private readonly runs: readonly PayloadRun[],
    type: ElementType,
    field: TypedFieldName,
    elements: number,
    private readonly tooShort: () => Failure,
  ) {
    this.#layout = layoutOf(type, field);
    this.byteLength = storedBytes(type, elements);
  }

  /** Where the field lies in the file just as raw_data would. */
  plainRange(): ByteRange | undefined {
    const [run] = this.runs;
    if (!run || this.runs.length > 1 || !run.packed || this.#layout.entry === 'varint') return undefined;
    return run.range.byteLength === this.byteLength ? run.range : undefined;
  }

  /** Bytes of the file that a reading of all takes. */
  get storedLength(): number {
    return this.runs.reduce((sum, { range }) => sum + range.byteLength, 0);
  }

  /** No more entries than these can be in it. */
  get mostEntries(): number {
    return this.storedLength / (this.#layout.entry === 'varint' ? 1 : this.#layout.entry);
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const reading = this.#reading(start, end);
    let step = reading.next();
    while (!step.done) step = reading.next(await step.value.read());
    return step.value;
  }

  readSync(start: number, end: number): Uint8Array {
    const reading = this.#reading(start, end);
    let step = reading.next();
    while (!step.done) step = reading.next(step.value.readSync());
    return step.value;
  }

  /** Asks for parts of the file and gives raw bytes `start` to `end`. */
  *#reading(start: number, end: number): Generator<ByteRange, Uint8Array, Uint8Array> {
    const { entries, bytes } = this.#layout;
    const firstUnit = Math.floor(start / bytes);
    const lastUnit = Math.ceil(end / bytes);
    const [first, last] = [firstUnit * entries, lastUnit * entries];
    const out = new Uint8Array((lastUnit - firstUnit) * bytes);
    let mark = this.#markBefore(first);
    const put = (entry: number, low: number, high: number) => {
      if (entry >= first) this.#put(out, entry - first, low, high);
    };
    while (mark.entry < last && mark.run < this.runs.length) {
      const { range, packed } = this.runs[mark.run]!;
      if (mark.offset >= range.byteLength) {
        mark = { entry: mark.entry, run: mark.run + 1, offset: 0 };
        continue;
      }
      const stop = Math.min(mark.offset + chunk, range.byteLength);
      const part = yield new ByteRange(
        range.source,
        range.offset + mark.offset,
        stop - mark.offset,
        range.resident?.subarray(mark.offset, stop),
      );
      const { entry, used } = this.#decode(part, packed, mark.entry, last, put);
      if (used === 0) throw this.tooShort();
      mark = { entry, run: mark.run, offset: mark.offset + used };
      this.#leave(mark);
    }
    // The last unit of a 6-bit type may be cut short by the number of elements.
    if (mark.entry < last && !(entries > 1 && end === this.byteLength && last - mark.entry < entries)) {
      throw this.tooShort();
    }
    const from = start - firstUnit * bytes;
    return from === 0 && end - start === out.byteLength ? out : out.slice(from, from + end - start);
  }

  /** Decodes whole entries from a part of a run, up to entry `last`. */
  #decode(
    part: Uint8Array,
    packed: boolean,
    entry: number,
    last: number,
    put: (entry: number, low: number, high: number) => void,
  ): { entry: number; used: number } {
    const size = this.#layout.entry;
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    let used = 0;
    while (entry < last) {
      let at = used;
      if (!packed) {
        while (at < part.byteLength && part[at]! >= 0x80) at++;
        at++;
      }
      if (size === 'varint') {
        let [low, high, shift] = [0, 0, 0];
        let byte = 0x80;
        while (at < part.byteLength && byte >= 0x80) {
          byte = part[at++]!;
          if (shift < 28) low |= (byte & 0x7f) << shift;
          else if (shift === 28) {
            low |= (byte & 0x0f) << 28;
            high |= (byte & 0x7f) >> 4;
          } else if (shift < 64) high |= (byte & 0x7f) << (shift - 32);
          shift += 7;
        }
        if (byte >= 0x80) break;
        put(entry, low, high);
      } else {
        if (at + size > part.byteLength) break;
        put(entry, view.getInt32(at, true), size === 8 ? view.getInt32(at + 4, true) : 0);
        at += size;
      }
      used = at;
      entry++;
    }
    return { entry, used };
  }

  /** Stores the entry of which the low and high 32 bits are given at its place. */
  #put(out: Uint8Array, index: number, low: number, high: number): void {
    const { entries, bytes } = this.#layout;
    if (entries === 4) {
      const bit = index * 6;
      const value = (low & 0x3f) << (bit & 7);
      out[bit >> 3]! |= value;
      if (value > 0xff) out[(bit >> 3) + 1]! |= value >> 8;
      return;
    }
    const at = index * bytes;
    for (let i = 0; i < bytes; i++) out[at + i] = i < 4 ? low >>> (8 * i) : high >>> (8 * (i - 4));
  }

  #markBefore(entry: number): Mark {
    let [from, to] = [0, this.#marks.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (this.#marks[middle]!.entry <= entry) from = middle;
      else to = middle;
    }
    return this.#marks[from]!;
  }

  #leave(mark: Mark): void {
    if (mark.entry >= this.#marks[this.#marks.length - 1]!.entry + entriesBetweenMarks) this.#marks.push(mark);
  }
}
