import type { Runner } from './runner.js';
import type { Workbench } from './session.js';

/** The workbench of a runner that nothing else uses. */
export function workbenchIn(runner: Runner): Workbench {
  return {
    async load(source, options, signal) {
      const { session, inputs, outputs } = await runner.call('load', { source, options, shared: true }, signal);
      return {
        inputs,
        outputs,
        run: (held, kept, running) => runner.call('runHeld', { session, inputs: held, outputs: kept }, running),
        collect: (feeds, outputs, sampling, running) =>
          runner.call('collectRun', { session, feeds, outputs, sampling }, running),
        iterate: (iteration, running) => runner.call('iterate', { session, ...iteration }, running),
        release: () => runner.call('release', { session }).catch(() => {}),
      };
    },
    hold: (values, signal) => runner.call('hold', { values }, signal),
    alter: (values, dropped = [], signal) => runner.call('alterHeld', { values, dropped }, signal),
    read: (names, signal) => runner.call('readHeld', { names }, signal),
    finishCollection: (names, signal) => runner.call('finishCollection', { names }, signal),
    compare: (pairs, { samples, valid }, signal) => runner.call('compareHeld', { pairs, samples, valid }, signal),
    sqnrs: (signal) => runner.call('heldSqnrs', {}, signal),
    async close() {
      runner.kill();
      await runner.ended;
    },
  };
}
