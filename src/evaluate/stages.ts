import type { SentenceId } from '../messages/catalog.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';

/** Where the work stands. `fraction` is of the whole. */
export interface EvaluationProgress {
  readonly stage: Message;
  readonly fraction: number | null;
}

/** Reports the progress of work in stages, each with its share of the whole. */
export class Stages<Name extends string> {
  #before = 0;
  #current: Name | undefined;
  readonly #total: number;

  constructor(
    private readonly stages: readonly (readonly [name: Name, share: number, title: SentenceId])[],
    private readonly onProgress: ((progress: EvaluationProgress) => void) | undefined,
  ) {
    this.#total = stages.reduce((sum, [, share]) => sum + share, 0);
  }

  /** Begins a stage and gives the function that tells how far it is, 0..1, and if it has parts, at which. */
  begin(name: Name): (fraction: number, part?: Message) => void {
    if (this.#current !== undefined) this.#before += this.#shareOf(this.#current);
    this.#current = name;
    const [, share, title] = this.stages.find(([stage]) => stage === name)!;
    const before = this.#before;
    const report = (fraction: number, part: Message = sentence(title)) =>
      this.onProgress?.({ stage: part, fraction: (before + share * Math.min(1, fraction)) / this.#total });
    report(0);
    return report;
  }

  #shareOf(name: Name): number {
    return this.stages.find(([stage]) => stage === name)![1];
  }
}
