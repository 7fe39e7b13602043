import type { Message } from '../messages/message.js';
import type { Progress } from './report.js';

/** Stages of a job with the share of its time that each is expected to take. */
export class Stages<Name extends string> {
  readonly #total: number;

  constructor(
    private readonly stages: readonly { readonly name: Name; readonly title: Message; readonly share: number }[],
    private readonly onProgress: (progress: Progress) => void,
  ) {
    this.#total = stages.reduce((sum, { share }) => sum + share, 0);
  }

  /** Says that a stage has come to `fraction` of itself; a stage of several parts may say which it is at. */
  report(name: Name, fraction = 0, part?: Message): void {
    const at = this.stages.findIndex((stage) => stage.name === name);
    const before = this.stages.slice(0, at).reduce((sum, { share }) => sum + share, 0);
    const { title, share } = this.stages[at]!;
    this.onProgress({ stage: part ?? title, fraction: (before + share * Math.min(1, fraction)) / this.#total });
  }
}
