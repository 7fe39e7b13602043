/**
 * One interface describes a service; calls, results, progress, and cancellation are derived from it. The same client and
 * server run over a child process's IPC channel and over a webview's messages. Browser-safe.
 */
import type { FailureData } from '../messages/failure.js';

/** A method of a service: its argument, its result, and the events it sends while it runs (`never` if none). */
export interface Call<Argument, Result, Event = never> {
  readonly argument: Argument;
  readonly result: Result;
  readonly event: Event;
}

/** Any service: method name to its call. */
export type Service = Record<string, Call<unknown, unknown, unknown>>;

export type Request = {
  readonly type: 'call';
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
};
export type Cancel = { readonly type: 'cancel'; readonly id: number };
export type Event = { readonly type: 'event'; readonly id: number; readonly event: unknown };
export type Result = { readonly type: 'result'; readonly id: number; readonly result: unknown };
export type Failed = { readonly type: 'failure'; readonly id: number; readonly failure: FailureData };
export type Frame = Request | Cancel | Event | Result | Failed;

/** One end of a channel of frames. It delivers in order, and tells once when the other end is gone. */
export interface Port {
  post(frame: Frame): void;
  onFrame(listener: (frame: Frame) => void): void;
  /** `failure` is what calls that are still open fail with. Told at once where the port is closed already. */
  onClose(listener: (failure: FailureData) => void): void;
}

export type Handlers<S> = {
  [M in keyof S]: S[M] extends Call<infer A, infer R, infer E>
    ? (argument: A, context: HandlerContext<E>) => R | Promise<R>
    : never;
};

export interface HandlerContext<E> {
  /** Aborts when the caller cancels or is gone. */
  readonly signal: AbortSignal;
  emit(event: E): void;
}

export interface CallOptions<E> {
  /** Asks the handler to stop. The call still ends with the handler's answer: `cancelled`, or a result that came first. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: E) => void;
}

/** What a client calls: `client.call('open', { path })`. A failed call rejects with a `RemoteFailure`. */
export interface Client<S> {
  call<M extends keyof S & string>(
    method: M,
    argument: S[M] extends Call<infer A, unknown, unknown> ? A : never,
    options?: CallOptions<S[M] extends Call<unknown, unknown, infer E> ? E : never>,
  ): Promise<S[M] extends Call<unknown, infer R, unknown> ? R : never>;
}
