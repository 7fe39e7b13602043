import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createClient } from '../../../src/protocol/client.js';
import type { EngineNotice, EngineService, StatisticsEvent } from '../../../src/protocol/engineService.js';
import { childPort } from '../../../src/protocol/processPort.js';
import type { Client } from '../../../src/protocol/rpc.js';
import { bundleFolder } from '../bundles.js';
import { temporaryFolder } from './temporaryFolder.js';

/** Where globalSetup puts the bundle of src/engine/main.ts, beside the runner's as in the product. */
const enginePath = join(bundleFolder, 'engine.js');

export interface EngineProcess extends Client<EngineService> {
  readonly child: ChildProcess;
  /** What it wrote to its error output. */
  errors(): string;
  readonly notices: AsyncGenerator<EngineNotice>;
  /** Ends it without a chance to clean up, and waits until it is gone. */
  kill(): Promise<void>;
  /** Resolves when the process is gone. */
  readonly exited: Promise<unknown>;
}

/** An engine in a process of its own, as the extension forks it. It ends with the test. */
export async function startEngine(stateFolder?: string): Promise<EngineProcess> {
  const folder = stateFolder ?? (await temporaryFolder());
  const child = fork(enginePath, [folder], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'exit');
  const { call } = createClient<EngineService>(childPort(child));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return { call, child, errors: () => errors, notices: noticesOf({ call }), kill, exited };
}

/** Notices in the order they come. Listening begins at once. */
function noticesOf({ call }: Client<EngineService>): AsyncGenerator<EngineNotice> {
  const waiting: EngineNotice[] = [];
  let wake = () => {};
  call('notices', undefined, {
    onEvent: (notice) => {
      waiting.push(notice);
      wake();
    },
  }).catch(() => undefined);
  return (async function* () {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift()!;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  })();
}

/** Measures all of a model; the summaries by layer. */
export async function measureAll({ call }: Client<EngineService>, model: number, first: number[] = []) {
  const events: StatisticsEvent[] = [];
  await call('statistics', { model, first }, { onEvent: (event) => events.push(event) });
  const rows = new Map(events.flatMap(({ rows }) => rows.map(({ index, summary }) => [index, summary])));
  return { events, rows };
}
