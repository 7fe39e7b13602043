import { Failure } from '../messages/failure.js';
import { Runner } from './runner.js';
import type { Runtime, Session } from './session.js';
import { workbenchIn } from './workbench.js';

export interface RuntimeConfiguration {
  /** The bundle of `runnerMain`. */
  readonly runnerPath: string;
}

/**
 * onnxruntime, in child processes that start when they are needed. Each session has a runner of its own, so that a
 * cancelled or crashed session costs no other; a runner whose session was released serves the next one.
 */
export function createRuntime({ runnerPath }: RuntimeConfiguration): Runtime {
  const runners = new Set<Runner>();
  let idle: Runner | undefined;
  let emptyRunnerPeak: number | undefined;
  let closed = false;

  const killAll = () => runners.forEach((runner) => runner.kill());
  process.once('exit', killAll);

  function start(): Runner {
    if (closed) throw new Failure('runtime.closed');
    const runner = new Runner(runnerPath);
    runners.add(runner);
    void runner.ended.then(() => runners.delete(runner));
    return runner;
  }

  function takeRunner(): Runner {
    const runner = idle?.alive ? idle : start();
    idle = undefined;
    return runner;
  }

  function giveBack(runner: Runner): void {
    if (!runner.alive) return;
    if (closed || idle?.alive) runner.kill();
    else idle = runner;
  }

  /** Uses a runner that has done nothing yet and is ended afterwards. */
  async function inFreshRunner<T>(use: (runner: Runner) => Promise<T>): Promise<T> {
    const runner = start();
    try {
      return await use(runner);
    } finally {
      runner.kill();
      await runner.ended;
    }
  }

  return {
    async load(source, options, signal) {
      const runner = takeRunner();
      try {
        const { session, inputs, outputs } = await runner.call('load', { source, options }, signal);
        return sessionIn(runner, session, inputs, outputs, () => giveBack(runner));
      } catch (error) {
        giveBack(runner);
        throw error;
      }
    },

    workbench: () => workbenchIn(start()),

    measureInTurn: (models, { warmup, repeats }, signal) =>
      inFreshRunner((runner) => runner.call('measureInTurn', { models, warmup, repeats }, signal)),

    async measurePeakMemory(model, signal) {
      const peak = await inFreshRunner((runner) => runner.call('peakMemory', { model }, signal));
      emptyRunnerPeak ??= await inFreshRunner((runner) => runner.call('peakMemory', {}, signal));
      return Math.max(0, peak - emptyRunnerPeak);
    },

    profile: (request, signal) => inFreshRunner((runner) => runner.call('profile', request, signal)),

    runnerPids: () => [...runners].flatMap(({ pid }) => pid ?? []),

    async close() {
      closed = true;
      process.removeListener('exit', killAll);
      killAll();
      await Promise.all([...runners].map(({ ended }) => ended));
    },
  };
}

function sessionIn(
  runner: Runner,
  session: number,
  inputs: Session['inputs'],
  outputs: Session['outputs'],
  onReleased: () => void,
): Session {
  let released: Promise<void> | undefined;
  return {
    inputs,
    outputs,
    run: (feeds, fetches, signal) => runner.call('run', { session, feeds, fetches }, signal),
    observe: (options) => runner.call('observe', { session, ...options }),
    observeRun: (feeds, run, fetches = [], signal) =>
      runner.call('observeRun', { session, feeds, fetches, ...run }, signal),
    observed: () => runner.call('observed', { session }),
    accumulateRun: (feeds, outputs, signal) => runner.call('accumulateRun', { session, feeds, outputs }, signal),
    accumulated: (signal) => runner.call('accumulated', { session }, signal),
    release() {
      released ??= runner
        .call('release', { session })
        .catch(() => {}) // The runner is gone, and the session with it.
        .then(onReleased);
      return released;
    },
  };
}
