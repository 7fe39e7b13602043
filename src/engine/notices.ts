import type { EngineNotice } from '../protocol/engineService.js';

/** Passes on what happens without being asked for to all who listen. */
export class Notices {
  readonly #listeners = new Set<(notice: EngineNotice) => void>();

  tell(notice: EngineNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  /** Until the signal aborts. */
  listen(listener: (notice: EngineNotice) => void, signal: AbortSignal): Promise<void> {
    this.#listeners.add(listener);
    return new Promise((resolve) => {
      const leave = () => {
        this.#listeners.delete(listener);
        resolve();
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
  }
}
