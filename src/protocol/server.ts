/** The answering end of a service over a port. Browser-safe. */
import { Failure, failureData } from '../messages/failure.js';
import type { Handlers, HandlerContext, Port, Request } from './rpc.js';

type Handler = (argument: unknown, context: HandlerContext<unknown>) => unknown;

/**
 * Answers every call at the port: with the handler's result, or with what it threw as FailureData. Cancelling aborts the
 * handler's signal; a handler that throws after that is answered as `cancelled`. When the port closes, all running
 * handlers are aborted. `onError` hears of each failed call that was not cancelled (for a log).
 */
export function serve<S>(
  port: Port,
  handlers: Handlers<S>,
  onError: (method: string, error: unknown) => void = () => undefined,
): void {
  const running = new Map<number, AbortController>();
  let closed = false;

  port.onFrame((frame) => {
    if (frame.type === 'call') void answer(frame);
    else if (frame.type === 'cancel') running.get(frame.id)?.abort();
  });

  port.onClose(() => {
    closed = true;
    for (const controller of running.values()) controller.abort();
    running.clear();
  });

  async function answer({ id, method, argument }: Request): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    running.set(id, controller);
    const emit = (event: unknown) => {
      if (!closed && running.get(id) === controller) port.post({ type: 'event', id, event });
    };
    try {
      const result = await handlerOf(handlers, method)(argument, { signal, emit });
      running.delete(id);
      if (!closed) port.post({ type: 'result', id, result });
    } catch (error) {
      running.delete(id);
      if (!signal.aborted) onError(method, error);
      const failure = failureData(signal.aborted ? new Failure('cancelled') : error);
      if (!closed) port.post({ type: 'failure', id, failure });
    }
  }
}

function handlerOf<S>(handlers: Handlers<S>, method: string): Handler {
  if (!Object.hasOwn(handlers as object, method)) throw new Failure('engine.unknown-call', { method });
  return (handlers as unknown as Record<string, Handler>)[method]!;
}
