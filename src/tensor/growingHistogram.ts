/**
 * A histogram of numbers that come in any order and reach nobody knows how far. Bins are a power of two wide and begin at
 * whole multiples of their width, so that two neighbours make exactly one bin of the next width: the counts stay those
 * of the numbers themselves however often the range grows, and depend neither on the order nor on how the numbers were cut
 * into chunks. Browser-safe.
 */
import type { Bins, Histogram } from './histogram.js';
import { emptyBins } from './histogram.js';
import type { StatisticsKernel } from './measure.js';
import type { Numbers } from './statistics.js';

/** The narrowest bin that a double can tell is 2^-1074 wide. */
const leastExponent = -1074;
/** Numbers past this have no histogram: the edges of its bins might be no doubles any more. */
const greatestMagnitude = 2 ** 1000;

export class GrowingHistogram {
  /** Least and greatest number so far. */
  #min = Infinity;
  #max = -Infinity;
  /** How many numbers there are while all are equal. */
  #equal = 0;
  #exponent = leastExponent;
  /** The first bin's begin, in widths. */
  #first = 0;
  #bins: Bins | undefined;
  #tooWide = false;

  /** At most `bins` bins; where numbers differ, more than half of them lie between the least and the greatest. */
  constructor(
    private readonly bins: number,
    private readonly kernel: Pick<StatisticsKernel, 'countInto'>,
  ) {}

  /** Adds a chunk whose least and greatest finite numbers are these; what is not finite is in no bin. */
  add(values: Numbers, least: number, greatest: number, finite: number): void {
    if (finite === 0) return;
    const min = Math.min(this.#min, least) + 0;
    const max = Math.max(this.#max, greatest) + 0;
    this.#tooWide ||= Math.max(-min, max) > greatestMagnitude;
    if (this.#tooWide) this.#bins = undefined;
    else if (min === max) this.#equal += finite;
    else {
      this.#cover(min, max);
      this.kernel.countInto(this.#bins!, values, finite === values.length);
    }
    this.#min = min;
    this.#max = max;
  }

  /**
   * The bins from that of the least to that of the greatest number: `min` and `max` are edges, so they lie up to a bin
   * beyond the extremes. One bin of width 0 where all numbers are equal; NaN and no bin where there is none.
   */
  histogram(): Histogram {
    if (!this.#bins) {
      if (this.#tooWide || this.#equal === 0) return { min: NaN, max: NaN, counts: new Float64Array(0) };
      return { min: this.#min, max: this.#max, counts: Float64Array.of(this.#equal) };
    }
    const width = 2 ** this.#exponent;
    const from = this.#place(this.#min);
    const to = this.#place(this.#max) + 1;
    const counts = (this.#bins.counts as Float64Array).slice(from - this.#first, to - this.#first);
    return { min: from * width, max: to * width, counts };
  }

  /** Makes the bins reach from `min` to `max`, with the narrowest width that does. */
  #cover(min: number, max: number): void {
    const known = this.#bins;
    const fits = (exponent: number) => widths(max, exponent) - widths(min, exponent) < this.bins;
    let exponent = this.#exponent;
    if (!known) {
      const spread = max / 2 - min / 2;
      exponent = Math.max(leastExponent, Math.floor(Math.log2(spread)) + 1 - Math.ceil(Math.log2(this.bins)));
      while (exponent > leastExponent && fits(exponent - 1)) exponent--;
    }
    while (!fits(exponent)) exponent++;
    const first = widths(min, exponent);
    if (known && exponent === this.#exponent && first >= this.#first && this.#reaches(max)) return;
    const next = binsFrom(first, exponent, this.bins);
    if (known) this.#pour(known, next, exponent, first);
    else if (this.#equal > 0) next.counts[widths(this.#min, exponent) - first]! += this.#equal;
    this.#bins = next;
    this.#exponent = exponent;
    this.#first = first;
  }

  #reaches(max: number): boolean {
    return this.#place(max) < this.#first + this.bins;
  }

  #place(value: number): number {
    return widths(value, this.#exponent);
  }

  /** Each old bin goes whole to the new one that holds it. */
  #pour(known: Bins, next: Bins, exponent: number, first: number): void {
    const doublings = exponent - this.#exponent;
    for (let i = 0; i < this.bins; i++) {
      const count = known.counts[i]!;
      if (count > 0) next.counts[Math.floor((this.#first + i) / 2 ** doublings) - first]! += count;
    }
  }
}

/** floor(value / 2^exponent), exact; a quotient by a subnormal width is taken in two steps. */
function widths(value: number, exponent: number): number {
  if (exponent >= -1000) return Math.floor(value / 2 ** exponent);
  return Math.floor((value * 2 ** 500) / 2 ** (exponent + 500));
}

function binsFrom(first: number, exponent: number, bins: number): Bins {
  const width = 2 ** exponent;
  return emptyBins(first * width, (first + bins) * width, bins);
}

/** The same numbers in at most `most` bins of one width, each of as many neighbours; the last may reach beyond the range. */
export function gatherBins({ min, max, counts }: Histogram, most: number): Histogram {
  const perBin = Math.ceil(counts.length / most);
  if (perBin <= 1) return { min, max, counts };
  const gathered = new Float64Array(Math.ceil(counts.length / perBin));
  for (let i = 0; i < counts.length; i++) gathered[Math.floor(i / perBin)]! += counts[i]!;
  const width = ((max - min) / counts.length) * perBin;
  return { min, max: min + width * gathered.length, counts: gathered };
}
