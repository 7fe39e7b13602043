import type { Disagreement, Disagreements } from './comparison.js';
import { classScores, firstClasses, type Output } from './outputs.js';

const mostListed = 20;

/** Finds the samples for which two models choose different classes, as their outputs come. */
export class DisagreementMeter {
  #rows = 0;
  #count = 0;
  #worst: Disagreement[] = [];

  /** `labels` are those of all samples of the data, where it has them. */
  constructor(private readonly labels?: ArrayLike<number>) {}

  /** Adds the outputs of both models on samples whose numbers in the data these are; those past `valid` do not count. */
  add(reference: readonly Output[], candidate: readonly Output[], samples: readonly number[], valid: number): void {
    const [a, b] = [classScores(reference), classScores(candidate)];
    if (!a || !b || a.rows !== b.rows || a.classes !== b.classes || a.rows % valid !== 0) return;
    const rowsPerSample = a.rows / valid;
    const [firstOfA, firstOfB] = [firstClasses(a), firstClasses(b)];
    this.#rows += a.rows;
    for (let row = 0; row < a.rows; row++) {
      const [classA, classB] = [firstOfA[row]!, firstOfB[row]!];
      if (classA === classB && classA !== -1) continue;
      this.#count++;
      const at = (scores: typeof a, index: number) => scores.numbers[row * scores.classes + index] ?? NaN;
      const gap = at(a, classA) - at(a, classB) + (at(b, classB) - at(b, classA));
      const sample = samples[Math.floor(row / rowsPerSample)]!;
      const label = rowsPerSample === 1 ? this.labels?.[sample] : undefined;
      this.#keep({ sample, row: row % rowsPerSample, classA, classB, ...(label === undefined ? {} : { label }), gap });
    }
  }

  /** Null where no output gave scores of classes. */
  result(): Disagreements | null {
    return this.#rows === 0 ? null : { rows: this.#rows, count: this.#count, worst: this.#worst };
  }

  /** A row with a NaN, whose class is none, comes first. */
  #keep(found: Disagreement): void {
    const weight = ({ gap }: Disagreement) => (Number.isNaN(gap) ? Infinity : gap);
    const last = this.#worst.at(-1);
    if (last && this.#worst.length === mostListed && weight(last) >= weight(found)) return;
    const place = this.#worst.findIndex((other) => weight(other) < weight(found));
    this.#worst.splice(place < 0 ? this.#worst.length : place, 0, found);
    this.#worst.length = Math.min(this.#worst.length, mostListed);
  }
}
