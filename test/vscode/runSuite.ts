import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { reportMark } from '../rig/reportMark.js';

/** What a suite leaves beside itself: a green exit is believed only with it. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
}

/** Runs mocha inside the extension host. `load` defines the tests; the result is written to `resultFile`. */
export function runSuite(run: { resultFile: string; grep?: string }, load: () => void): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 180_000, reporter: ConsoleReporter, grep: run.grep });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  load();
  return new Promise((done, fail) => {
    const runner = mocha.run((failures) => {
      const { passes, pending } = runner.stats ?? { passes: 0, pending: 0 };
      const result: SuiteResult = { passed: passes, failed: failures, pending };
      writeFileSync(run.resultFile, JSON.stringify(result));
      if (failures > 0) fail(new Error(`${failures} failed`));
      else done();
    });
  });
}

class ConsoleReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('pass', (test) => report(`✓ ${test.fullTitle()} (${test.duration} ms)`));
    runner.on('fail', (test, error: Error) => report(`✗ ${test.fullTitle()}\n${error.stack ?? error.message}`));
    runner.on('pending', (test) => report(`- ${test.fullTitle()}`));
  }
}

function report(text: string): void {
  for (const line of text.split('\n')) console.log(reportMark + line);
}
