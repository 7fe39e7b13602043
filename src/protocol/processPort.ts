/** A port over the IPC channel of a forked process, at either end. The fork must use `serialization: 'advanced'`. */
import { Failure, failureData } from '../messages/failure.js';
import { closeOnce } from './closeOnce.js';
import type { Frame, Port } from './rpc.js';

/** What the parent has of a child (`ChildProcess`). */
export interface Child {
  readonly connected: boolean;
  send(message: Frame, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown;
}

/** What a child has of its parent (`process`). */
export interface Parent {
  readonly connected?: boolean;
  send?(message: Frame, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/**
 * The parent's port to a child. It closes with 'engine.died' and how the child ended (exit code or signal), once the
 * child has exited and all it sent before has been delivered.
 */
export function childPort(child: Child): Port {
  const closing = closeOnce();
  let exit: string | undefined;
  let drained = false;
  const closeWhenGone = () => {
    if (exit !== undefined && drained) closing.close(failureData(new Failure('engine.died', { detail: exit })));
  };
  child.on('exit', (code, signal) => {
    exit = signal ?? `exit code ${code}`;
    closeWhenGone();
  });
  child.on('disconnect', () => {
    drained = true;
    closeWhenGone();
  });
  child.on('error', (error) => closing.close(failureData(new Failure('engine.died', { detail: error.message }))));
  return {
    post: (frame) => void (child.connected && child.send(frame, ignoreLateSend)),
    onFrame: (listener) => void child.on('message', (message) => listener(message as Frame)),
    onClose: closing.onClose,
  };
}

/** The child's port to its parent. It closes when the parent is gone or has disconnected. */
export function parentPort(parent: Parent): Port {
  const closing = closeOnce();
  parent.on('disconnect', () => closing.close(failureData(new Failure('engine.closed'))));
  return {
    post: (frame) => void (parent.connected && parent.send?.(frame, ignoreLateSend)),
    onFrame: (listener) => void parent.on('message', (message) => listener(message as Frame)),
    onClose: closing.onClose,
  };
}

/** A send that fails because the other end is gone: the port's closing tells it to whom it concerns. */
function ignoreLateSend(): void {}
