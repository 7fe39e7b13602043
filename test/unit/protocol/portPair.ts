import type { FailureData } from '../../../src/messages/failure.js';
import { closeOnce } from '../../../src/protocol/closeOnce.js';
import type { Frame, Port } from '../../../src/protocol/rpc.js';

/** A way from one port to the other: frames wait in order until `deliver` takes the next. */
export class Lane {
  readonly waiting: Frame[] = [];
  #listener: (frame: Frame) => void = () => undefined;

  listen(listener: (frame: Frame) => void): void {
    this.#listener = listener;
  }

  deliver(): void {
    const frame = this.waiting.shift();
    if (frame) this.#listener(structuredClone(frame));
  }
}

/** Two joined ports whose frames a test delivers one by one, so that it decides how they interleave. */
export function portPair() {
  const toServer = new Lane();
  const toClient = new Lane();
  const closing = closeOnce();
  const port = (out: Lane, back: Lane): Port => ({
    post: (frame) => void out.waiting.push(frame),
    onFrame: (listener) => back.listen(listener),
    onClose: closing.onClose,
  });
  return {
    client: port(toServer, toClient),
    server: port(toClient, toServer),
    toServer,
    toClient,
    close: (failure: FailureData) => closing.close(failure),
  };
}
