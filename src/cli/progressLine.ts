import type { WriteStream } from 'node:tty';
import { english } from '../messages/catalog.js';
import type { Progress } from '../recipe/report.js';

/** Progress on stderr: one line that is written over where it is a terminal, else a line for each new stage. */
export class ProgressLine {
  #shown = '';

  constructor(private readonly stream: WriteStream | NodeJS.WriteStream) {}

  show({ stage, fraction }: Progress): void {
    const text = english(stage);
    const line = this.stream.isTTY && fraction !== null ? `${text} ${Math.floor(fraction * 100)} %` : text;
    if (line === this.#shown) return;
    this.#shown = line;
    this.stream.write(this.stream.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** Takes the line away, where it can be. */
  clear(): void {
    if (this.stream.isTTY && this.#shown !== '') this.stream.write('\r\u001b[K');
    this.#shown = '';
  }
}
