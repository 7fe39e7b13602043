/** Which narrower form would hold every number of a tensor: found out in one pass that ends early where none would. */
import type { Numbers } from '../../tensor/statistics.js';

export interface ScannedValues {
  /** Is every number one that float16 holds exactly? */
  readonly float16: boolean;
  readonly bfloat16: boolean;
  /** The different numbers, ascending; null where there are more than `mostValues`, or one is not finite. */
  readonly values: readonly number[] | null;
}

/** As many as 8-bit indices tell apart. */
export const mostValues = 256;

const slots = 1024;

/** Goes through the numbers of a tensor chunk by chunk, in any order. */
export class ValueScan {
  #float16 = true;
  #bfloat16 = true;
  readonly #table = new Float64Array(slots);
  readonly #taken = new Uint8Array(slots);
  #distinct = 0;
  #isFew = true;

  /** Nothing more can be learned: the rest need not be read. */
  get isDecided(): boolean {
    return !this.#float16 && !this.#bfloat16 && !this.#isFew;
  }

  add(chunk: Numbers): void {
    if (chunk instanceof Float32Array) {
      const bits = new Uint32Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#float16 &&= areFloat16(bits);
      this.#bfloat16 &&= areBfloat16(bits);
    } else {
      this.#float16 = false;
      this.#bfloat16 = false;
    }
    this.#isFew &&= this.#collect(chunk);
  }

  result(): ScannedValues {
    const values = this.#isFew ? Array.from(this.#table).filter((_, slot) => this.#taken[slot]) : null;
    return { float16: this.#float16, bfloat16: this.#bfloat16, values: values && values.sort((a, b) => a - b) };
  }

  /** False as soon as there are too many different numbers, or one that is not finite. */
  #collect(chunk: Numbers): boolean {
    let last = NaN;
    for (let i = 0; i < chunk.length; i++) {
      const value = chunk[i]! + 0; // -0 becomes 0
      if (value === last) continue;
      if (value - value !== 0) return false;
      last = value;
      let slot = slotOf(value);
      while (this.#taken[slot] && this.#table[slot] !== value) slot = (slot + 1) & (slots - 1);
      if (this.#taken[slot]) continue;
      if (++this.#distinct > mostValues) return false;
      this.#taken[slot] = 1;
      this.#table[slot] = value;
    }
    return true;
  }
}

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

function slotOf(value: number): number {
  word[0] = value;
  return Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b), 0x9e3779b1) >>> 22;
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
