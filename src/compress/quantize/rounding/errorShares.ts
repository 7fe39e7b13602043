import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';

/** Squared errors of a layer's outputs over the samples for fitting: by a rounding, and by the nearest integers. */
export interface RoundingErrors {
  readonly found: number;
  readonly nearest: number;
}

/** What a rounding gained, in the middle of all layers. */
export class ErrorShares {
  readonly #shares: number[] = [];

  add({ found, nearest }: RoundingErrors): void {
    if (nearest > 0) this.#shares.push(found / nearest);
  }

  notes(rounding: string): Message[] {
    const shares = [...this.#shares].sort((a, b) => a - b);
    const count = shares.length;
    if (count === 0) return [];
    const median = (shares[(count - 1) >> 1]! + shares[count >> 1]!) / 2;
    const percent = (100 * median).toFixed(1);
    return [sentence('compress.quantize.rounding.errors', { rounding, percent, count })];
  }
}
