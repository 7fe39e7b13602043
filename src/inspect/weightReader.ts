/** Reads a weight's numbers straight into the memory of the compiled kernels: the twin of weightNumbers.ts. */
import { SourceFile } from '../onnx/sourceFile.js';
import type { CompiledKernels } from '../tensor/compiledKernels.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementTypes, storedBytes } from '../tensor/elementType.js';
import { numbersOf } from '../tensor/numbers.js';
import type { Numbers } from '../tensor/statistics.js';
import type { StoredElements, StoredPacking, StoredScaling, WeightSource } from './weightSource.js';
import { isWide } from './weightSource.js';

/** Longer than any part that is read. */
const forever = 2 ** 30;
/** Rows of fewer scales are gone through as runs of one element. */
const shortRow = 16;

/** The files that a part of a weight is read from, each opened once. */
class Files {
  readonly #open = new Map<string, SourceFile>();

  readInto({ place }: StoredElements, from: number, target: Uint8Array): void {
    if (place instanceof Uint8Array) return target.set(place.subarray(from, from + target.length));
    let file = this.#open.get(place.path);
    if (!file) {
      file = SourceFile.reopen(place);
      this.#open.set(place.path, file);
    }
    file.readIntoSync(place.offset + from, target);
  }

  /** Throws where a file is another by now than it was when it was opened. */
  checkUnchanged(): void {
    for (const file of this.#open.values()) file.checkUnchanged();
  }

  close(): void {
    for (const file of this.#open.values()) file.endScan();
    this.#open.clear();
  }
}

/** The numbers of the elements of each byte, or each 16 bits, in float32: what the kernels look them up in. */
class LookUpTable {
  readonly #address: number;
  #type: ElementType | undefined;

  constructor(private readonly kernels: CompiledKernels) {
    this.#address = kernels.reserve(4 << 16);
  }

  /** The address of a type's table. */
  of(type: ElementType): number {
    if (this.#type === type) return this.#address;
    const { bits } = elementTypes[type];
    const codes =
      bits === 16 ? new Uint8Array(Uint16Array.from({ length: 1 << 16 }, (_, i) => i).buffer) : bytesInOrder;
    const numbers = numbersOf(type, codes, (codes.length * 8) / bits);
    this.kernels.float32(this.#address, numbers.length).set(numbers);
    this.#type = type;
    return this.#address;
  }
}

const bytesInOrder = Uint8Array.from({ length: 256 }, (_, i) => i);

export class WeightReader {
  /** Of each kernel, made once: they are what stays of one weight for the next. */
  static readonly #tables = new WeakMap<CompiledKernels, LookUpTable>();
  /** Are the numbers float64? */
  readonly wide: boolean;
  readonly #files = new Files();
  readonly #table: LookUpTable;

  constructor(
    private readonly kernels: CompiledKernels,
    private readonly source: WeightSource,
  ) {
    this.wide = isWide(source);
    this.#table = WeightReader.#tables.get(kernels) ?? new LookUpTable(kernels);
    WeightReader.#tables.set(kernels, this.#table);
  }

  /**
   * Puts elements `start` to `start + count` at an address, and up to three more of a last byte that is not full. `start`
   * is a multiple of `unitOf` the weight.
   */
  read(start: number, count: number, address: number): void {
    const { scaling, packing } = this.source;
    this.kernels.scoped(() => {
      if (packing) return this.#unpack(packing, start, count, address);
      this.#decode(start, count, address);
      if (scaling) this.#scale(scaling, start, count, address);
    });
  }

  checkUnchanged(): void {
    this.#files.checkUnchanged();
  }

  close(): void {
    this.#files.close();
  }

  #decode(start: number, count: number, address: number): void {
    const { elements } = this.source;
    const { elementType } = elements;
    const from = storedBytes(elementType, start);
    const length = storedBytes(elementType, count);
    if (elementType === 'float32' || elementType === 'float64') {
      return this.#files.readInto(elements, from, this.kernels.bytes(address, length));
    }
    const { bits } = elementTypes[elementType];
    const raw = this.kernels.reserve(length);
    const bytes = this.kernels.bytes(raw, length);
    this.#files.readInto(elements, from, bytes);
    if (isLookedUp(elementType)) return this.#lookUp(elementType, raw, length, address);
    const numbers = numbersOf(elementType, bytes, count);
    if (bits === 6) this.kernels.float32(address, count).set(numbers);
    else this.kernels.float64(address, count).set(numbers);
  }

  /** The numbers of `bytes` bytes of a type of 16 bits or less. */
  #lookUp(type: ElementType, raw: number, bytes: number, address: number): void {
    const { lookUpWords, lookUpBytes, lookUpPairs, lookUpFours } = this.kernels.run;
    const table = this.#table.of(type);
    switch (elementTypes[type].bits) {
      case 16:
        return lookUpWords(raw, bytes / 2, table, address);
      case 8:
        return lookUpBytes(raw, bytes, table, address);
      case 4:
        return lookUpPairs(raw, bytes, table, address);
      default:
        return lookUpFours(raw, bytes, table, address);
    }
  }

  /** `dequantize`, in place. */
  #scale(scaling: StoredScaling, start: number, count: number, address: number): void {
    const { run } = this.kernels;
    const { shape } = this.source;
    const { axis, blockSize, scaleCount } = scaling;
    if (axis === undefined) {
      return run.scaleRuns(address, count, forever, forever, ...this.#scalesBetween(scaling, 0, 1), 0, 1);
    }
    const length = shape[axis] ?? 1;
    const inner = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1);
    const along = Math.floor(start / inner) % length;
    if (blockSize === undefined) {
      const period = Math.max(scaleCount, scaling.zeroPointCount);
      const [scales, zeroPoints] = this.#scalesBetween(scaling, 0, period);
      if (inner > 1 || length < shortRow) {
        const left = inner - (start % inner);
        const first = period === 1 ? 0 : along;
        return run.scaleRuns(address, count, inner, left, scales, zeroPoints, first, period);
      }
      return this.#scaleRows(start, count, length, (at, n, first) => {
        run.scaleEach(address + at * 4, n, scales + first * 4, zeroPoints && zeroPoints + first * 4);
      });
    }

    // Scales [outer, blocks along the axis, inner]: those that these elements need follow each other.
    const blocks = Math.ceil(length / blockSize);
    const rowOf = (element: number) => {
      const place = Math.floor(element / inner);
      return Math.floor(place / length) * blocks + Math.floor((place % length) / blockSize);
    };
    const firstRow = rowOf(start);
    const [scales, zeroPoints] = this.#scalesBetween(scaling, firstRow * inner, (rowOf(start + count - 1) + 1) * inner);
    if (inner > 1) {
      return this.#scaleRows(start, count, inner, (at, n, first) => {
        const from = ((rowOf(start + at) - firstRow) * inner + first) * 4;
        run.scaleEach(address + at * 4, n, scales + from, zeroPoints && zeroPoints + from);
      });
    }
    this.#scaleRows(start, count, length % blockSize === 0 ? Infinity : length, (at, n, first) => {
      const left = blockSize - ((first % length) % blockSize);
      const from = rowOf(start + at) - firstRow;
      run.scaleRuns(address + at * 4, n, blockSize, left, scales, zeroPoints, from, forever);
    });
  }

  /** Goes through elements row by row: `act` gets the place among them, how many, and the place in the row of the first. */
  #scaleRows(
    start: number,
    count: number,
    row: number,
    act: (at: number, length: number, first: number) => void,
  ): void {
    for (let at = 0; at < count;) {
      const first = (start + at) % row;
      const length = Math.min(row - first, count - at);
      act(at, length, first);
      at += length;
    }
  }

  /** Scales and zero points `from` to `to` in memory; one that goes for all is repeated. The second is 0 where there are none. */
  #scalesBetween(
    { scales, scaleCount, zeroPoints, zeroPointCount }: StoredScaling,
    from: number,
    to: number,
  ): [scales: number, zeroPoints: number] {
    const place = (elements: StoredElements, count: number) => {
      const address = this.kernels.reserve((to - from) * 4);
      const numbers = count === 1 ? undefined : this.#numbersBetween(elements, from, to);
      const target = this.kernels.float32(address, to - from);
      if (numbers) target.set(numbers);
      else target.fill(this.#numbersBetween(elements, 0, 1)[0]!);
      return address;
    };
    // In turn: what the first reserves may move the memory.
    const scale = place(scales, scaleCount);
    return [scale, zeroPoints ? place(zeroPoints, zeroPointCount) : 0];
  }

  #numbersBetween(elements: StoredElements, from: number, to: number): Numbers {
    const { elementType } = elements;
    // Eight elements of any type end with a byte.
    const aligned = from - (from % 8);
    const bytes = new Uint8Array(storedBytes(elementType, to - aligned));
    this.#files.readInto(elements, storedBytes(elementType, aligned), bytes);
    return numbersOf(elementType, bytes, to - aligned).subarray(from - aligned);
  }

  /** `packedNumbers`: whole rows. */
  #unpack({ bits, blockSize, scales, zeroPoints }: StoredPacking, start: number, count: number, address: number): void {
    const { elements, shape } = this.source;
    const columns = shape[1]!;
    const blocks = Math.ceil(columns / blockSize);
    const [row, rows] = [start / columns, count / columns];
    const padded = blocks * blockSize;
    const bytes = (padded * bits) / 8;

    const raw = this.kernels.reserve(rows * bytes);
    const target = padded === columns ? address : this.kernels.reserve(rows * padded * 4);
    const scale = this.kernels.reserve(rows * blocks * 4);
    const zeroPoint = this.kernels.reserve(rows * blocks * 4);
    this.#files.readInto(elements, row * bytes, this.kernels.bytes(raw, rows * bytes));
    this.#lookUp(bits === 8 ? 'uint8' : bits === 4 ? 'uint4' : 'uint2', raw, rows * bytes, target);

    const scaleNumbers = this.kernels.float32(scale, rows * blocks);
    if (scales) scaleNumbers.set(this.#numbersBetween(scales, row * blocks, (row + rows) * blocks));
    else scaleNumbers.fill(1);
    this.#placePackedZeroPoints(zeroPoints, bits, blocks, row, this.kernels.float32(zeroPoint, rows * blocks));
    this.kernels.run.scaleRuns(target, rows * padded, blockSize, blockSize, scale, zeroPoint, 0, forever);

    if (target === address) return;
    const numbers = this.kernels.float32(target, rows * padded);
    const dense = this.kernels.float32(address, count);
    for (let i = 0; i < rows; i++) dense.set(numbers.subarray(i * padded, i * padded + columns), i * columns);
  }

  #placePackedZeroPoints(
    stored: StoredElements | undefined,
    bits: number,
    blocks: number,
    firstRow: number,
    target: Float32Array,
  ): void {
    if (!stored) return void target.fill(2 ** (bits - 1));
    const bytesARow = Math.ceil((blocks * bits) / 8);
    const rows = target.length / blocks;
    const bytes = new Uint8Array(rows * bytesARow);
    this.#files.readInto(stored, firstRow * bytesARow, bytes);
    const type = bits === 8 ? 'uint8' : bits === 4 ? 'uint4' : 'uint2';
    for (let i = 0; i < rows; i++) {
      const ofRow = bytes.subarray(i * bytesARow, (i + 1) * bytesARow);
      target.set(numbersOf(type, ofRow, blocks), i * blocks);
    }
  }
}

function isLookedUp(type: ElementType): boolean {
  return [2, 4, 8, 16].includes(elementTypes[type].bits);
}
