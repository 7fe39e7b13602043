import type { Agreement } from './evaluation.js';
import { classScores, firstClasses, type Output } from './outputs.js';
import { SignalError } from '../tensor/signalError.js';

/**
 * Compares the outputs of two models on the same samples as they come; memory does not grow. SQNR and cosine are those of
 * `SignalError`, over all elements of all float outputs (of all outputs, where none is float).
 */
export class AgreementMeter {
  #samples = 0;
  #rows = 0;
  #sameRows = 0;
  readonly #error = new SignalError();
  readonly #errors = new Map<string, SignalError>();

  /** Adds the outputs of both models on `samples` samples. False, with nothing added, where their shapes differ. */
  add(reference: readonly Output[], candidate: readonly Output[], samples: number): boolean {
    const pairs = pairOutputs(reference, candidate);
    if (!pairs || pairs.some(([a, b]) => a.shape.join() !== b.shape.join())) return false;
    const floats = pairs.filter(([a]) => a.isFloat);
    for (const [a, b] of floats.length > 0 ? floats : pairs) {
      this.#error.add(a.numbers, b.numbers);
      const known = this.#errors.get(a.name) ?? new SignalError();
      known.add(a.numbers, b.numbers);
      this.#errors.set(a.name, known);
    }
    const scores = [reference, candidate].map(classScores);
    if (scores[0] && scores[1]) {
      const [a, b] = [firstClasses(scores[0]), firstClasses(scores[1])];
      this.#rows += a.length;
      for (let row = 0; row < a.length; row++) if (a[row] === b[row] && a[row] !== -1) this.#sameRows++;
    }
    this.#samples += samples;
    return true;
  }

  result(): Agreement {
    const outputs = [...this.#errors].map(([name, { sqnrDb }]) => ({ name, sqnrDb }));
    return {
      top1: this.#rows === 0 ? null : this.#sameRows / this.#rows,
      sqnrDb: this.#error.sqnrDb,
      cosine: this.#error.cosine,
      samples: this.#samples,
      ...(outputs.length > 1 && { outputs }),
    };
  }
}

/** Outputs of the same name, or where names differ of the same position. */
function pairOutputs(reference: readonly Output[], candidate: readonly Output[]): [Output, Output][] | undefined {
  if (reference.length !== candidate.length) return undefined;
  const byName = new Map(candidate.map((output) => [output.name, output]));
  const named = reference.every(({ name }) => byName.has(name));
  return reference.map((output, i) => [output, named ? byName.get(output.name)! : candidate[i]!]);
}
