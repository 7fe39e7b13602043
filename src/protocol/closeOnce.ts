import type { FailureData } from '../messages/failure.js';
import type { Port } from './rpc.js';

/** Remembers that, and with what, a port closed, and tells each listener once. */
export function closeOnce(): { close(failure: FailureData): void; onClose: Port['onClose'] } {
  const listeners: ((failure: FailureData) => void)[] = [];
  let closed: FailureData | undefined;
  return {
    close(failure) {
      if (closed) return;
      closed = failure;
      for (const listener of listeners.splice(0)) listener(failure);
    },
    onClose(listener) {
      if (closed) listener(closed);
      else listeners.push(listener);
    },
  };
}
