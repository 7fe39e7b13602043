/** What a run of a model gave, as numbers. */
import { elementTypes, type ElementType } from '../tensor/elementType.js';
import { numbersOfArray } from '../tensor/numbers.js';
import type { Numbers } from '../tensor/statistics.js';
import type { TensorArray } from '../tensor/tensor.js';

export interface Output {
  readonly name: string;
  readonly isFloat: boolean;
  readonly shape: readonly number[];
  readonly numbers: Numbers;
}

/** Rows of scores, one for each class. */
export interface ClassScores {
  readonly rows: number;
  readonly classes: number;
  readonly numbers: Numbers;
}

/**
 * The outputs of a run on `count` samples, of which the first `valid` count. Where an output's first axis runs along the
 * samples, what belongs to the others is left out.
 */
export function outputsOf(results: Readonly<Record<string, TensorArray>>, count: number, valid: number): Output[] {
  return Object.entries(results).map(([name, { elementType, shape, data }]) => {
    const numbers = numbersOfArray(elementType, data);
    const output = { name, isFloat: isFloat(elementType), shape, numbers };
    const [first, ...rest] = shape;
    if (valid === count || first === undefined || first % count !== 0) return output;
    const kept = [(first / count) * valid, ...rest];
    return { ...output, shape: kept, numbers: numbers.subarray(0, (numbers.length / count) * valid) };
  });
}

function isFloat(elementType: ElementType): boolean {
  return elementTypes[elementType].kind === 'float';
}

/**
 * The scores of classes: the first float output of shape [rows, classes], or the first float output of all where its shape
 * is [rows, positions, classes]; trailing axes of length 1 aside, with at least two classes.
 */
export function classScores(outputs: readonly Output[]): ClassScores | undefined {
  const floats = outputs.filter(({ isFloat }) => isFloat);
  for (const [i, { shape, numbers }] of floats.entries()) {
    const axes = [...shape];
    while (axes.length > 2 && axes.at(-1) === 1) axes.pop();
    const classes = axes.at(-1) ?? 0;
    if (classes >= 2 && (axes.length === 2 || (axes.length === 3 && i === 0))) {
      return { rows: numbers.length / classes, classes, numbers };
    }
  }
  return undefined;
}

/** The class with the greatest score of each row, of equal ones the first; -1 where a score is NaN. */
export function firstClasses({ rows, classes, numbers }: ClassScores): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let i = 0; i < classes; i++) {
      const score = numbers[row * classes + i]!;
      if (Number.isNaN(score)) return -1;
      if (score > numbers[row * classes + best]!) best = i;
    }
    return best;
  });
}

/** How many classes come before this one in the order of the scores, of equal ones the first; Infinity where one is NaN. */
export function rankOf({ classes, numbers }: ClassScores, row: number, label: number): number {
  const scores = numbers.subarray(row * classes, (row + 1) * classes);
  const own = scores[label]!;
  let rank = 0;
  for (const [i, score] of scores.entries()) {
    if (Number.isNaN(score)) return Infinity;
    if (score > own || (score === own && i < label)) rank++;
  }
  return rank;
}

/** How many of the samples have an element that is not finite, where the first axis runs along the samples; else 0 or all. */
export function samplesNotFinite(outputs: readonly Output[], samples: number): number {
  const bad = new Uint8Array(samples);
  for (const { shape, numbers } of outputs) {
    const perSample = (shape[0] ?? 0) % samples === 0 && numbers.length > 0 ? numbers.length / samples : numbers.length;
    for (let i = 0; i < numbers.length; i++) {
      if (Number.isFinite(numbers[i])) continue;
      if (perSample === numbers.length) bad.fill(1);
      else bad[Math.floor(i / perSample)] = 1;
    }
  }
  return bad.reduce((sum, each) => sum + each, 0);
}
