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
        release: () => runner.call('release', { session }).catch(() => {}),
      };
    },
    hold: (values, signal) => runner.call('hold', { values }, signal),
    compare: (pairs, { samples, valid }, signal) => runner.call('compareHeld', { pairs, samples, valid }, signal),
    sqnrs: (signal) => runner.call('heldSqnrs', {}, signal),
    async close() {
      runner.kill();
      await runner.ended;
    },
  };
}
