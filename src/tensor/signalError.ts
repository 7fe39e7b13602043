import type { Numbers } from './statistics.js';

/** numpy.finfo(float).eps, onnxruntime's floor for norms. */
const EPSILON = 2 ** -52;

/**
 * How far numbers lie from those they should be, summed up as they come; memory does not grow. SQNR is that of
 * onnxruntime.quantization.qdq_loss_debug, 20 log10(|a| / |a - b|) over all elements; the cosine is that of the same elements
 * as vectors. Elements that are the same infinity or NaN in both are left out; where one is not finite in one alone, SQNR is
 * -Infinity and the cosine NaN.
 */
export class SignalError {
  #reference = 0;
  #candidate = 0;
  #product = 0;
  #difference = 0;
  #incomparable = false;

  /** Adds arrays of equal length. */
  add(reference: Numbers, candidate: Numbers): void {
    let [aa, bb, ab, dd] = [0, 0, 0, 0];
    for (let i = 0; i < reference.length; i++) {
      const x = reference[i]!;
      const y = candidate[i]!;
      // Only where both are finite is their difference, and only then are they counted.
      const difference = x - y;
      if (difference - difference !== 0) {
        if (!this.#bothFinite(x, y)) continue;
      }
      aa += x * x;
      bb += y * y;
      ab += x * y;
      dd += difference * difference;
    }
    this.#reference += aa;
    this.#candidate += bb;
    this.#product += ab;
    this.#difference += dd;
  }

  /** Decibels; Infinity where all is equal. */
  get sqnrDb(): number {
    const noise = this.#incomparable ? Infinity : Math.sqrt(this.#difference);
    const signal = Math.max(Math.sqrt(this.#reference), EPSILON);
    return noise === 0 ? Infinity : 20 * Math.log10(signal / Math.max(noise, EPSILON));
  }

  get cosine(): number {
    if (this.#incomparable) return NaN;
    if (this.#difference === 0) return 1;
    const norms = Math.sqrt(this.#reference) * Math.sqrt(this.#candidate);
    return norms === 0 ? 0 : Math.max(-1, Math.min(1, this.#product / norms));
  }

  #bothFinite(x: number, y: number): boolean {
    if (Number.isFinite(x) && Number.isFinite(y)) return true;
    if (!Object.is(x, y)) this.#incomparable = true;
    return false;
  }
}
