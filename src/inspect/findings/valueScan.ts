/** Which narrower form would hold every number of a tensor: found out in one pass that ends early where none would. */
import type { Numbers } from '../../tensor/statistics.js';

export interface ScannedValues {
  /** Is every number, stored in more bits, one that float16 holds exactly? */
  readonly float16: boolean;
  readonly bfloat16: boolean;
  /** The different numbers, ascending; null where there are more than `mostValues`, or one is not finite. */
  readonly values: readonly number[] | null;
}

/** As many as 8-bit indices tell apart. */
export const mostValues = 256;

/** Goes through the numbers of a tensor chunk by chunk, in any order. */
export class ValueScan {
  #float16: boolean;
  #bfloat16: boolean;
  /** Null as soon as they are too many, or one is not finite. */
  #values: Set<number> | null = new Set();
  readonly #codes = new Uint32Array(codeSlots);

  /** `storedBits` of an element: numbers of 16 bits have no narrower form but that of few values. */
  constructor(storedBits: number) {
    this.#float16 = storedBits > 16;
    this.#bfloat16 = storedBits > 16;
  }

  /** Nothing more can be learned: the rest need not be read. */
  get isDecided(): boolean {
    return !this.#float16 && !this.#bfloat16 && !this.#values;
  }

  add(chunk: Numbers): void {
    if (chunk instanceof Float32Array) {
      const bits = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#float16 &&= areFloat16(bits);
      this.#bfloat16 &&= areBfloat16(bits);
      if (this.#values && !this.#collectCodes(this.#values, bits, chunk)) this.#values = null;
    } else {
      this.#float16 = false;
      this.#bfloat16 = false;
      if (this.#values && !collect(this.#values, chunk)) this.#values = null;
    }
  }

  result(): ScannedValues {
    const values = this.#values && [...this.#values].sort((a, b) => a - b);
    return { float16: this.#float16, bfloat16: this.#bfloat16, values };
  }

  /** `collect` of float32 numbers: those whose bits were met before are not looked up again. */
  #collectCodes(values: Set<number>, bits: Uint32Array, numbers: Float32Array): boolean {
    const known = this.#codes;
    for (let i = 0; i < bits.length; i++) {
      const code = bits[i]!;
      const slot = Math.imul(code, 0x9e3779b1) >>> (32 - codeBits);
      // An empty slot holds the bits of 0.
      if (known[slot] === code && (code !== 0 || values.has(0))) continue;
      if (!collectOne(values, numbers[i]!)) return false;
      known[slot] = code;
    }
    return true;
  }
}

/** Of the table that the bits of float32 numbers are looked for in first: few of 256 numbers share a slot. */
const codeBits = 12;
const codeSlots = 1 << codeBits;

/** False as soon as there are too many different numbers, or one that is not finite. */
function collect(values: Set<number>, chunk: Numbers): boolean {
  let last = NaN;
  for (let i = 0; i < chunk.length; i++) {
    const value = chunk[i]!;
    if (value === last) continue;
    if (!collectOne(values, value)) return false;
    last = value;
  }
  return true;
}

function collectOne(values: Set<number>, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  // -0 becomes 0 in a set.
  values.add(value);
  return values.size <= mostValues;
}

/** Whether float16 (IEEE 754 binary16) holds each of these float32 numbers exactly; NaN counts as not held. */
function areFloat16(bits: Uint32Array): boolean {
  for (let i = 0; i < bits.length; i++) {
    const code = bits[i]! & 0x7fffffff;
    const exponent = (code >>> 23) - 127;
    if (exponent >= -14 && exponent <= 15) {
      if (code & 0x1fff) return false;
    } else if (code !== 0 && code !== 0x7f800000) {
      // Subnormal in float16: the last bit stands for 2^-24.
      if (exponent > 15 || exponent < -24) return false;
      if (((code & 0x7fffff) | 0x800000) & ((1 << (-1 - exponent)) - 1)) return false;
    }
  }
  return true;
}

function areBfloat16(bits: Uint32Array): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i]! & 0xffff) return false;
  return true;
}
