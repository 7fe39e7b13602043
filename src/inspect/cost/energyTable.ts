/**
 * Energy and silicon area of arithmetic and of memory at 45 nm and 0.9 V: M. Horowitz, "Computing's energy problem (and what
 * we can do about it)", ISSCC 2014, figure 1.1.9 for the energies; the areas are of the same process, as published beside
 * them (W. Dally, "High-performance hardware for machine learning", NIPS 2015 tutorial). 32-bit DRAM access: 640 pJ, the
 * low end of Horowitz's 1.3 to 2.6 nJ for 64 bits. Estimates to compare models by; no chip's data sheet. Browser-safe.
 */

export type NumberKind = 'integer' | 'float';

/** The multiply-accumulate unit that a layer's factors ask for. */
export interface MacUnit {
  readonly kind: NumberKind;
  readonly weightBits: number;
  readonly activationBits: number;
}

/** Picojoules and square micrometres of one operation, by bits of the operands. */
interface Row {
  readonly bits: number;
  readonly pj: number;
  readonly um2: number;
}

export const additions: Readonly<Record<NumberKind, readonly Row[]>> = {
  integer: [
    { bits: 8, pj: 0.03, um2: 36 },
    { bits: 16, pj: 0.05, um2: 67 },
    { bits: 32, pj: 0.1, um2: 137 },
  ],
  float: [
    { bits: 16, pj: 0.4, um2: 1360 },
    { bits: 32, pj: 0.9, um2: 4184 },
  ],
};

export const multiplications: Readonly<Record<NumberKind, readonly Row[]>> = {
  integer: [
    { bits: 8, pj: 0.2, um2: 282 },
    { bits: 32, pj: 3.1, um2: 3495 },
  ],
  float: [
    { bits: 16, pj: 1.1, um2: 1640 },
    { bits: 32, pj: 3.7, um2: 7700 },
  ],
};

/** Picojoules of reading 32 bits, by the bytes of the memory. */
export const memories = [
  { bytes: 8 << 10, pj: 5 },
  { bytes: 32 << 10, pj: 10 },
  { bytes: 1 << 20, pj: 50 },
] as const;

export const dramPj = 640;

/** Products of integers are summed in 32 bits, those of floats at the width of their factors. */
const accumulatorBits = 32;

/** Picojoules of one multiplication and the addition of its product. */
export function macPj(unit: MacUnit): number {
  return ofUnit(unit, 'pj');
}

/** Square micrometres of one multiplier and one adder. */
export function macAreaUm2(unit: MacUnit): number {
  return ofUnit(unit, 'um2');
}

/** Picojoules of one addition of 32-bit integers. */
export function additionPj(): number {
  return between(additions.integer, accumulatorBits, 'pj');
}

/** Picojoules of moving one byte to or from on-chip memory that holds `footprint` bytes; null where only DRAM is large enough. */
export function sramPjPerByte(footprint: number): number | null {
  const memory = memories.find(({ bytes }) => footprint <= bytes);
  return memory ? memory.pj / 4 : null;
}

export const dramPjPerByte = dramPj / 4;

function ofUnit({ kind, weightBits, activationBits }: MacUnit, figure: 'pj' | 'um2'): number {
  // The cost of a multiplier goes by the product of its widths; of w and a bits it is that of sqrt(w a) squared.
  const width = Math.sqrt(weightBits * activationBits);
  const sumBits = kind === 'integer' ? accumulatorBits : width;
  return between(multiplications[kind], width, figure) + between(additions[kind], sumBits, figure);
}

/**
 * A width without a row: on the straight line through the two nearest rows, in logarithms of both (a power law; integer
 * multiplication comes out at the power 1.98 of the width, as the array of partial products suggests).
 */
function between(rows: readonly Row[], bits: number, figure: 'pj' | 'um2'): number {
  const exact = rows.find((row) => row.bits === bits);
  if (exact) return exact[figure];
  const above = rows.findIndex((row) => row.bits > bits);
  const second = above < 0 ? rows.length - 1 : Math.max(1, above);
  const [low, high] = [rows[second - 1]!, rows[second]!];
  const power = Math.log(high[figure] / low[figure]) / Math.log(high.bits / low.bits);
  return low[figure] * (bits / low.bits) ** power;
}
