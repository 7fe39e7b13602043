/** The calling end of a service over a port. Browser-safe. */
import type { FailureData } from '../messages/failure.js';
import { Failure, failureData } from '../messages/failure.js';
import type { CallOptions, Client, Frame, Port } from './rpc.js';
import { RemoteFailure } from './remoteFailure.js';

interface OpenCall {
  resolve(result: unknown): void;
  reject(error: RemoteFailure): void;
  readonly onEvent?: (event: unknown) => void;
  /** Takes the listener off the caller's signal. */
  settle(): void;
}

/**
 * A client of the service that is served at the port's other end. When the port closes, open calls and later ones fail.
 * Ids of calls count from 1: `pagePorts` knows a new page by it.
 */
export function createClient<S>(port: Port): Client<S> {
  const open = new Map<number, OpenCall>();
  let lastId = 0;
  let closed: FailureData | undefined;

  port.onFrame((frame: Frame) => {
    const call = open.get(frame.id);
    if (!call) return;
    if (frame.type === 'event') return call.onEvent?.(frame.event);
    if (frame.type !== 'result' && frame.type !== 'failure') return;
    open.delete(frame.id);
    call.settle();
    if (frame.type === 'result') call.resolve(frame.result);
    else call.reject(new RemoteFailure(frame.failure));
  });

  port.onClose((failure) => {
    closed = failure;
    const lost = [...open.values()];
    open.clear();
    for (const call of lost) {
      call.settle();
      call.reject(new RemoteFailure(failure));
    }
  });

  function call(method: string, argument: unknown, options: CallOptions<unknown> = {}): Promise<unknown> {
    const { signal, onEvent } = options;
    if (closed) return Promise.reject(new RemoteFailure(closed));
    if (signal?.aborted) return Promise.reject(new RemoteFailure(failureData(new Failure('cancelled'))));
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const cancel = () => port.post({ type: 'cancel', id });
      open.set(id, { resolve, reject, onEvent, settle: () => signal?.removeEventListener('abort', cancel) });
      signal?.addEventListener('abort', cancel, { once: true });
      port.post({ type: 'call', id, method, argument });
    });
  }

  return { call } as Client<S>;
}
