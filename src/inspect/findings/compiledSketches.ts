/** The sketches over the memory of the compiled kernels, in which the chunks that they get stand too. */
import type { CompiledKernels } from '../../tensor/compiledKernels.js';
import type { Numbers } from '../../tensor/statistics.js';
import type { ChannelLayout, ChannelPair, ChannelSketch } from './channelSketch.js';
import {
  candidatePairs,
  channelBuckets,
  differingSigns,
  leastSketchCosine,
  placeOf,
  unitSketches,
} from './channelSketch.js';
import type { Sketches } from './contentSource.js';
import type { CountSketch } from './countSketch.js';
import { countSketch } from './countSketch.js';
import type { MatrixSize, RowSketch } from './rowSketch.js';
import { neglectedEnergy, RowSample } from './rowSketch.js';
import type { Subspace } from './subspace.js';
import type { Vectors } from './vectors.js';
import { strideOf } from './vectors.js';

/** What they reserve is given back by who uses them. */
export function compiledSketches(kernels: CompiledKernels): Sketches {
  return {
    channels: (layout) => new CompiledChannelSketch(kernels, layout),
    rows: (matrix) => new CompiledRowSketch(kernels, matrix),
    scoped: (act) => kernels.scopedWhile(act),
    vectors: (count, length, isWide) => new CompiledVectors(kernels, count, length, isWide),
    subspace: (columns, dimensions) => new CompiledSubspace(kernels, columns, dimensions),
  };
}

class CompiledChannelSketch implements ChannelSketch {
  readonly #sketch: PlacedSketch;
  readonly #sums: number;
  readonly #count: number;
  readonly #fourSums: number;

  constructor(
    private readonly kernels: CompiledKernels,
    private readonly layout: ChannelLayout,
  ) {
    this.#sketch = placeSketch(kernels, countSketch(layout.length, channelBuckets));
    this.#count = layout.channels * channelBuckets;
    this.#sums = kernels.reserve(this.#count * 4);
    this.#fourSums = kernels.reserve(4 * channelBuckets * 4);
    this.sums.fill(0);
  }

  get sums(): Float32Array {
    return this.kernels.float32(this.#sums, this.#count);
  }

  add(chunk: Numbers, position: number): void {
    const { run: kernel } = this.kernels;
    const { channels, run } = this.layout;
    const { buckets, signs } = this.#sketch;
    const { outer, channel, inRun } = placeOf(this.layout, position);
    const sums = [chunk.byteOffset, chunk.length, this.#sums, buckets, signs, channels] as const;
    const isWide = chunk instanceof Float64Array;
    if (run === 1) (isWide ? kernel.sketchRows64 : kernel.sketchRows32)(...sums, channel, outer);
    else (isWide ? kernel.sketchRuns64 : kernel.sketchRuns32)(...sums, run, channel, inRun, outer, this.#fourSums);
  }

  *candidates(): Iterable<ChannelPair[]> {
    const unit = unitSketches(this.sums, this.layout);
    const { sketches, words } = unit;
    const placed = this.kernels.reserve(words.byteLength);
    this.kernels.bytes(placed, words.byteLength).set(new Uint8Array(words.buffer));
    // The sums are done with.
    this.sums.set(sketches);
    const next = (earlier: number, channel: number) =>
      this.kernels.run.nextAlike(placed, this.#sums, earlier, channel, differingSigns, leastSketchCosine);
    yield* candidatePairs(unit, next);
  }
}

class CompiledRowSketch implements RowSketch {
  readonly #sample: RowSample;
  readonly #sketch: PlacedSketch;
  readonly #sums: number;

  constructor(
    private readonly kernels: CompiledKernels,
    matrix: MatrixSize,
  ) {
    this.#sample = new RowSample(matrix);
    this.#sketch = placeSketch(kernels, this.#sample.sketch);
    this.#sums = kernels.reserve(this.#sample.height * this.#sample.width * 8);
    this.sums.fill(0);
  }

  get sums(): Float64Array {
    return this.kernels.float64(this.#sums, this.#sample.height * this.#sample.width);
  }

  add(chunk: Numbers, position: number): void {
    const { sketchRow32, sketchRow64 } = this.kernels.run;
    const { buckets, signs } = this.#sketch;
    const sketchRow = chunk instanceof Float64Array ? sketchRow64 : sketchRow32;
    for (const { row, column, from, length } of this.#sample.pieces(position, chunk.length)) {
      const start = chunk.byteOffset + from * chunk.BYTES_PER_ELEMENT;
      sketchRow(start, length, buckets + column * 2, signs + column * 4, this.#sums + row * this.#sample.width * 8);
    }
  }

  spanningRows(): Promise<readonly number[] | undefined> {
    const { kernels } = this;
    const { height, width, most } = this.#sample;
    const pivots = kernels.scoped(() => {
      const products = kernels.reserve(height * height * 8);
      const rest = kernels.reserve(height * 8);
      const factors = kernels.reserve(most * height * 8);
      const places = kernels.reserve(most * 4);
      kernels.run.rowProducts(this.#sums, height, width, products);
      const found = kernels.run.pivotRows(products, height, most, neglectedEnergy, places, rest, factors);
      return found < 0 ? undefined : kernels.words(places, found).slice();
    });
    return Promise.resolve(pivots && this.#sample.rowsOf(pivots));
  }
}

class CompiledVectors implements Vectors {
  readonly stride: number;
  readonly #address: number;
  readonly #size: number;

  constructor(
    private readonly kernels: CompiledKernels,
    private readonly count: number,
    length: number,
    private readonly isWide: boolean,
  ) {
    this.stride = strideOf(length);
    this.#size = isWide ? 8 : 4;
    this.#address = kernels.reserve(count * this.stride * this.#size);
    this.numbers.fill(0);
  }

  get numbers(): Numbers {
    const { kernels, count, stride, isWide } = this;
    return isWide ? kernels.float64(this.#address, count * stride) : kernels.float32(this.#address, count * stride);
  }

  product(a: number, b: number): number {
    const { product32, product64 } = this.kernels.run;
    const place = (index: number) => this.#address + index * this.stride * this.#size;
    return (this.isWide ? product64 : product32)(place(a), place(b), this.stride);
  }
}

class CompiledSubspace implements Subspace {
  readonly #width: number;
  readonly #row: number;
  readonly #directions: number;
  #dimensions = 0;

  constructor(
    private readonly kernels: CompiledKernels,
    columns: number,
    mostDimensions: number,
  ) {
    this.#width = columns + (columns % 2);
    this.#row = kernels.reserve(this.#width * 8);
    kernels.float64(this.#row, this.#width).fill(0);
    this.#directions = kernels.reserve(mostDimensions * this.#width * 8);
  }

  get dimensions(): number {
    return this.#dimensions;
  }

  add(row: Numbers): void {
    let left = this.#place(row);
    for (let round = 0; round < 2; round++) left = this.#subtractAll(left);
    if (!(left > 0)) return;
    const factor = 1 / Math.sqrt(left);
    const source = this.kernels.float64(this.#row, this.#width);
    const direction = this.kernels.float64(this.#directionAt(this.#dimensions++), this.#width);
    for (let i = 0; i < source.length; i++) direction[i] = source[i]! * factor;
  }

  energies(row: Numbers): { all: number; outside: number } {
    const all = this.#place(row);
    return { all, outside: this.#subtractAll(all) };
  }

  /** Its energy. */
  #place(row: Numbers): number {
    this.kernels.float64(this.#row, this.#width).set(row);
    return this.kernels.run.product64(this.#row, this.#row, this.#width);
  }

  /** What is left of the row. */
  #subtractAll(energy: number): number {
    let left = energy;
    for (let i = 0; i < this.#dimensions; i++) {
      left = this.kernels.run.subtractDirection(this.#row, this.#directionAt(i), this.#width);
    }
    return left;
  }

  #directionAt(index: number): number {
    return this.#directions + index * this.#width * 8;
  }
}

/** The addresses of a count sketch. */
interface PlacedSketch {
  readonly buckets: number;
  readonly signs: number;
}

function placeSketch(kernels: CompiledKernels, { bucket, sign }: CountSketch): PlacedSketch {
  const buckets = kernels.reserve(bucket.byteLength);
  const signs = kernels.reserve(sign.byteLength);
  kernels.bytes(buckets, bucket.byteLength).set(new Uint8Array(bucket.buffer));
  kernels.float32(signs, sign.length).set(sign);
  return { buckets, signs };
}
