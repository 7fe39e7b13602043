import { fork, type ChildProcess } from 'node:child_process';
import type { FailureId } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { RunnerCall, RunnerCalls, RunnerReply, RunnerRequest } from './runnerMessages.js';

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Failure): void;
}

/** How much of what a runner wrote to stderr is kept, to explain its death. */
const KEPT_ERROR_CHARACTERS = 2000;

/** One child process that runs `runnerMain`, seen from its parent. It does not keep the parent alive while idle. */
export class Runner {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #errors = '';
  #end: Failure | undefined;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;

  constructor(runnerPath: string) {
    this.#child = fork(runnerPath, [], {
      serialization: 'advanced',
      execArgv: [],
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.on('message', (reply) => this.#settle(reply as RunnerReply));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-KEPT_ERROR_CHARACTERS);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#finish(new Failure('runtime.died', { detail: this.#causeOfDeath(code, signal) }));
        resolve();
      });
      this.#child.once('error', (error) => {
        this.#finish(new Failure('runtime.died', { detail: error.message }));
        if (this.#child.pid === undefined) resolve();
      });
    });
    this.#keepParentAlive(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#end === undefined;
  }

  /** Asks the process. Aborting kills it, and every other call to it ends as cancelled too. */
  async call<C extends RunnerCall>(
    call: C,
    argument: RunnerCalls[C]['argument'],
    signal?: AbortSignal,
  ): Promise<RunnerCalls[C]['answer']> {
    const abort = () => this.kill(new Failure('cancelled'));
    if (signal?.aborted) abort();
    if (this.#end) throw this.#end;
    const id = ++this.#lastId;
    const request: RunnerRequest<C> = { id, call, argument };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await new Promise<RunnerCalls[C]['answer']>((resolve, reject) => {
        this.#pending.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        this.#keepParentAlive(true);
        // A failure to send is followed by 'exit', which rejects with the reason.
        this.#child.send(request, () => {});
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#keepParentAlive(false);
    }
  }

  /** Ends the process at once; what is pending is rejected with `reason`. The parent stays alive until it has ended. */
  kill(reason: Failure = new Failure('runtime.closed')): void {
    this.#finish(reason);
    this.#child.ref();
    this.#child.kill('SIGKILL');
  }

  #settle(reply: RunnerReply): void {
    const pending = this.#pending.get(reply.id);
    if ('failure' in reply) pending?.reject(new Failure(reply.failure.code as FailureId, reply.failure.params));
    else pending?.resolve(reply.answer);
  }

  #finish(reason: Failure): void {
    this.#end ??= reason;
    for (const { reject } of this.#pending.values()) reject(reason);
  }

  #causeOfDeath(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal ? `signal ${signal}` : `exit code ${code}`;
    const lastLine = this.#errors.trim().split('\n').at(-1)!.trim();
    return lastLine === '' ? how : `${how}, ${lastLine}`;
  }

  #keepParentAlive(keep: boolean): void {
    const handles = [this.#child, this.#child.channel, this.#child.stderr] as (
      { ref?(): void; unref?(): void } | null | undefined
    )[];
    for (const handle of handles) {
      if (keep) handle?.ref?.();
      else handle?.unref?.();
    }
  }
}

/** Electron's binary runs as Node; a debugger's or preload's options for this process are not for its runners. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, VSCODE_INSPECTOR_OPTIONS: __, ...environment } = process.env;
  return { ...environment, ELECTRON_RUN_AS_NODE: '1' };
}
