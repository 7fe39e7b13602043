import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import type { FailureData } from '../messages/failure.js';
import { Failure } from '../messages/failure.js';
import { createClient } from '../protocol/client.js';
import type { EngineNotice, EngineService } from '../protocol/engineService.js';
import { childPort } from '../protocol/processPort.js';
import type { Client } from '../protocol/rpc.js';
import { Owner } from './owner.js';

/** An engine that dies this often within `crashWindow` is not asked again by itself, only when a person acts. */
const crashLimit = 3;
const crashWindow = 60_000;

interface Engine {
  readonly process: ChildProcess;
  readonly client: Client<EngineService>;
}

export interface EngineDeath {
  readonly failure: FailureData;
  /** Whether what was open should be opened again at once: not when the engine keeps dying. */
  readonly reopen: boolean;
}

/**
 * The engine process: started at the first call, and again by the first call after it died. Calls that are open when it
 * dies fail with 'engine.died'.
 */
export class EngineClient extends Owner implements Client<EngineService> {
  readonly #died = this.own(new vscode.EventEmitter<EngineDeath>());
  readonly onDidDie = this.#died.event;
  readonly #noticed = this.own(new vscode.EventEmitter<EngineNotice>());
  readonly onNotice = this.#noticed.event;
  #engine: Engine | undefined;
  #deaths: number[] = [];

  constructor(
    private readonly script: string,
    private readonly stateFolder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
  }

  /** Process id, while it runs. */
  get pid(): number | undefined {
    return this.#engine?.process.pid;
  }

  readonly call: Client<EngineService>['call'] = (method, argument, options) => {
    // What closes after the window began to close must not start an engine that nobody ends.
    if (this.disposed) return Promise.reject(new Failure('engine.closed'));
    this.#engine ??= this.#start();
    return this.#engine.client.call(method, argument, options);
  };

  #start(): Engine {
    const child = fork(this.script, [this.stateFolder], {
      execPath: process.execPath,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: engineEnvironment(),
    });
    this.log.info(`engine ${child.pid} started`);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.log.info(`engine: ${line}`));
    }
    const port = childPort(child);
    const engine = { process: child, client: createClient<EngineService>(port) };
    port.onClose((failure) => this.#ended(engine, failure));
    engine.client
      .call('notices', undefined, { onEvent: (notice) => this.#noticed.fire(notice) })
      .catch(() => undefined);
    return engine;
  }

  #ended(engine: Engine, failure: FailureData): void {
    if (this.#engine === engine) this.#engine = undefined;
    if (this.disposed) return;
    this.log.error(`engine ${engine.process.pid}: ${failure.message}`);
    const now = Date.now();
    this.#deaths = [...this.#deaths.filter((time) => now - time < crashWindow), now];
    this.#died.fire({ failure, reopen: this.#deaths.length < crashLimit });
  }

  override dispose(): void {
    super.dispose();
    // The engine ends its runners and itself when it sees the channel close.
    this.#engine?.process.disconnect();
    this.#engine = undefined;
  }
}

/** The editor's environment without what would make the engine attach to a debugger or load foreign code. */
function engineEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...environment } = process.env;
  return { ...environment, ELECTRON_RUN_AS_NODE: '1' };
}
