import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.js';
import { resultsFolder, root } from './folders.js';
import type { Tally } from './tally.js';

export interface VitestRun {
  readonly name: string;
  readonly config: string;
  /** Only files under these paths; all of the configuration's if empty. */
  readonly paths?: readonly string[];
  /** Only tests whose name matches. */
  readonly grep?: string;
  /** The Node to run on; this one if absent. */
  readonly node?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** Lines get a prefix, and go to logs. */
const withoutColours = { NO_COLOR: '1', FORCE_COLOR: undefined };

/** Runs vitest and counts its tests by its JSON report. */
export async function runVitest(run: VitestRun): Promise<Tally> {
  const report = join(resultsFolder, `${run.name}.json`);
  await rm(report, { force: true });
  const { code } = await command(
    run.node ?? process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      ...['run', '--config', run.config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...(run.grep === undefined ? [] : ['-t', run.grep]),
      ...(run.paths ?? []),
    ],
    { cwd: root, env: { ...process.env, ...withoutColours, ...run.env }, onLine: run.say },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const tally = readReport(readFileSync(report, 'utf8'), run.grep !== undefined);
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

interface JsonReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** A file that could not be loaded has no tests and counts as one that failed. */
export function readReport(json: string, selected: boolean): Tally {
  const { testResults } = JSON.parse(json) as JsonReport;
  let passed = 0;
  let failed = 0;
  for (const { status, assertionResults } of testResults) {
    const before = failed;
    for (const assertion of assertionResults) {
      if (assertion.status === 'passed') passed++;
      // A selection by name leaves the other tests out on purpose.
      else if (!(selected && isSkipped(assertion.status))) failed++;
    }
    if (status === 'failed' && failed === before) failed++;
  }
  return { passed, failed };
}

function isSkipped(status: string): boolean {
  return status === 'skipped' || status === 'pending';
}
