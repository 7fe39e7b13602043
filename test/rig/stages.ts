import { browserVariable, extensionsVariable, serverVariable } from '../ui/harness/endpoints.js';
import { command } from './command.js';
import type { Editors } from './editors.js';
import { root } from './folders.js';
import { bundleHostSuites, readSuiteResult } from './hostSuites.js';
import type { Tally } from './tally.js';
import { sum } from './tally.js';
import { runVitest } from './vitest.js';
import { packageExtension } from './vsix.js';

export interface StageContext {
  readonly editors: Editors;
  /** Only tests whose name matches. */
  readonly grep: string | undefined;
  readonly say: (line: string) => void;
}

export interface Stage {
  readonly name: string;
  /** For a person who asks for help. */
  readonly what: string;
  readonly run: (context: StageContext) => Promise<Tally>;
}

/** A tool whose success counts as one test. */
function tool(name: string, what: string, ...args: readonly string[]): Stage {
  return {
    name,
    what,
    run: async ({ say }) => {
      const { code } = await command(process.execPath, args, { cwd: root, onLine: say });
      return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    },
  };
}

/** The bundles and the package, which the other stages use: it comes first. */
export const packaging: Stage = {
  name: 'package',
  what: 'bundles, the package of this platform, and what is in it',
  run: async ({ say }) => {
    await packageExtension(say);
    const inside = await runVitest({ name: 'package', config: 'test/package/vitest.config.mts', say });
    return sum([{ passed: 1, failed: 0 }, inside]);
  },
};

/** What needs no editor, one after the other. */
export const checks: readonly Stage[] = [
  tool('types', 'tsc over sources, pages and tests', 'node_modules/typescript/bin/tsc', '-b'),
  tool('lint', 'eslint, with the floors of the architecture', 'node_modules/eslint/bin/eslint.js', '.'),
  tool('format', 'prettier', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  {
    name: 'unit',
    what: 'unit and conformance tests',
    run: ({ grep, say }) => runVitest({ name: 'unit', config: 'vitest.config.mts', grep, say }),
  },
  {
    name: 'editor-node',
    what: "the runtime's tests once more on the editor's Node",
    run: async ({ editors, grep, say }) => {
      const { node } = await editors.install();
      const paths = ['test/unit/runtime'];
      return runVitest({ name: 'editor-node', config: 'vitest.config.mts', paths, node, grep, say });
    },
  },
];

/** What needs a real editor, one after the other. */
export const inEditor: readonly Stage[] = [
  {
    name: 'host',
    what: 'suites inside the extension host of a real VS Code',
    run: async ({ editors, grep, say }) => {
      const tallies: Tally[] = [];
      for (const suite of await bundleHostSuites(grep)) {
        say(`suite ${suite.name}`);
        await editors.runHostSuite(suite, say);
        tallies.push(readSuiteResult(suite));
      }
      return sum(tallies);
    },
  },
  {
    name: 'ui',
    what: 'the pages in a real workbench and a real browser, with the packaged extension',
    run: async ({ editors, grep, say }) => {
      const { server, browser } = await editors.served();
      const env = {
        [serverVariable]: server.authority,
        [browserVariable]: browser.wsEndpoint(),
        [extensionsVariable]: editors.extensionsFolder,
      };
      return runVitest({ name: 'ui', config: 'test/ui/vitest.config.mts', grep, env, say });
    },
  },
];

/** The tests that take a count from TARE_SOAK: damaged files, and kills. */
export const soak: Stage = {
  name: 'soak',
  what: 'all damaged files, and kills of engine and runner at every stage of a compression (`npm run soak`)',
  run: ({ grep, say }) =>
    runVitest({
      name: 'soak',
      config: 'vitest.config.mts',
      paths: ['damagedFiles.test.ts', 'kills.test.ts'],
      env: { TARE_SOAK: '1' },
      grep,
      say,
    }),
};

export const allStages: readonly Stage[] = [packaging, ...checks, ...inEditor];
