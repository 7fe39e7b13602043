import type { PageNotice } from '../protocol/pageService.js';

/** Keeps what a page is told between its start and its listening, so that nothing is lost in between. */
export class NoticeQueue {
  #waiting: PageNotice[] = [];
  #listener: ((notice: PageNotice) => void) | undefined;

  push(notice: PageNotice): void {
    if (this.#listener) this.#listener(notice);
    else this.#waiting.push(notice);
  }

  /** Forgets what waits: the page is about to learn all of it otherwise. */
  clear(): void {
    this.#waiting = [];
  }

  /** Passes on what waits and all that comes, until the signal aborts. */
  listen(listener: (notice: PageNotice) => void, signal: AbortSignal): Promise<void> {
    this.#listener = listener;
    for (const notice of this.#waiting.splice(0)) listener(notice);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        if (this.#listener === listener) this.#listener = undefined;
        resolve();
      });
    });
  }
}
