import { expect, it } from 'vitest';

/** Counts the golden cases that are equal to the bit; the last test of a file prints how many of how many. */
export class GoldenCount {
  #equal = 0;

  constructor(readonly what: string) {}

  /** To be called where a case has been found equal. */
  add(cases = 1): void {
    this.#equal += cases;
  }

  /** To be called behind all tests that count. */
  tell(total: number): void {
    it(`all golden ${this.what} are equal to the bit`, () => {
      console.log(`${this.#equal} of ${total} golden ${this.what} are equal to the bit.`);
      expect(this.#equal).toBe(total);
    });
  }
}
