import type { Services } from '../services.js';

/** *Tare: Show Log*. */
export function showLog({ log }: Services): Promise<void> {
  log.show();
  return Promise.resolve();
}
