import type { Agreement } from './evaluation.js';
import { classScores, firstClasses, type Output } from './outputs.js';

/** numpy.finfo(float).eps, onnxruntime's floor for norms. */
const EPSILON = 2 ** -52;

/**
 * Compares the outputs of two models on the same samples as they come; memory does not grow. SQNR is that of
 * onnxruntime.quantization.qdq_loss_debug, 20 log10(|a| / |a - b|) over all elements of all float outputs (of all
 * outputs, where none is float); the cosine is that of the same elements as vectors. Elements that are the same infinity or
 * NaN in both are left out; where one is not finite in one model alone, SQNR is -Infinity and the cosine NaN.
 */
export class AgreementMeter {
  #samples = 0;
  #rows = 0;
  #sameRows = 0;
  #reference = 0;
  #candidate = 0;
  #product = 0;
  #difference = 0;
  #incomparable = false;

  /** Adds the outputs of both models on `samples` samples. False, with nothing added, where their shapes differ. */
  add(reference: readonly Output[], candidate: readonly Output[], samples: number): boolean {
    const pairs = pairOutputs(reference, candidate);
    if (!pairs || pairs.some(([a, b]) => a.shape.join() !== b.shape.join())) return false;
    const floats = pairs.filter(([a]) => a.isFloat);
    for (const [a, b] of floats.length > 0 ? floats : pairs) this.#addElements(a, b);
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
    const noise = this.#incomparable ? Infinity : Math.sqrt(this.#difference);
    const signal = Math.max(Math.sqrt(this.#reference), EPSILON);
    return {
      top1: this.#rows === 0 ? null : this.#sameRows / this.#rows,
      sqnrDb: noise === 0 ? Infinity : 20 * Math.log10(signal / Math.max(noise, EPSILON)),
      cosine: this.#cosine(),
      samples: this.#samples,
    };
  }

  #addElements(a: Output, b: Output): void {
    for (let i = 0; i < a.numbers.length; i++) {
      const x = a.numbers[i]!;
      const y = b.numbers[i]!;
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        if (!Object.is(x, y)) this.#incomparable = true;
        continue;
      }
      this.#reference += x * x;
      this.#candidate += y * y;
      this.#product += x * y;
      this.#difference += (x - y) * (x - y);
    }
  }

  #cosine(): number {
    if (this.#incomparable) return NaN;
    if (this.#difference === 0) return 1;
    const norms = Math.sqrt(this.#reference) * Math.sqrt(this.#candidate);
    return norms === 0 ? 0 : Math.max(-1, Math.min(1, this.#product / norms));
  }
}

/** Outputs of the same name, or where names differ of the same position. */
function pairOutputs(reference: readonly Output[], candidate: readonly Output[]): [Output, Output][] | undefined {
  if (reference.length !== candidate.length) return undefined;
  const byName = new Map(candidate.map((output) => [output.name, output]));
  const named = reference.every(({ name }) => byName.has(name));
  return reference.map((output, i) => [output, named ? byName.get(output.name)! : candidate[i]!]);
}
