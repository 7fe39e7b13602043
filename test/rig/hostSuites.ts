import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { out, root } from './folders.js';

/** A suite is a folder of test/vscode with `*.test.ts` files, each run in a window of its own. */
export interface HostSuite {
  readonly name: string;
  readonly trusted: boolean;
  /** The bundle whose `run()` the extension host calls. */
  readonly entry: string;
  readonly resultFile: string;
}

/** An extension of nothing: the one under test is installed from its package, and VS Code asks for one in development. */
export const developmentExtension = join(out, 'vscode/development');

const suitesFolder = join(root, 'test/vscode');

/** Bundles each suite for the extension host, for the tests whose name matches; mocha and vscode stay outside. */
export async function bundleHostSuites(grep: string | undefined): Promise<HostSuite[]> {
  await rm(join(out, 'vscode'), { recursive: true, force: true });
  await mkdir(developmentExtension, { recursive: true });
  await writeFile(
    join(developmentExtension, 'package.json'),
    JSON.stringify({ name: 'tare-tests', publisher: 'tare', version: '0.0.0', engines: { vscode: '*' } }),
  );
  const names = readdirSync(suitesFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Promise.all(names.map(({ name }) => bundle(name, grep)));
}

async function bundle(name: string, grep: string | undefined): Promise<HostSuite> {
  const folder = join(suitesFolder, name);
  const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const entry = join(out, 'vscode', `${name}.js`);
  const resultFile = join(out, 'vscode', `${name}.json`);
  await esbuild.build({
    stdin: {
      contents: `
        import { runSuite } from '../runSuite';
        export const run = () => runSuite(${JSON.stringify({ resultFile, grep })}, () => {
          ${tests.map((test) => `require('./${test}');`).join('\n')}
        });`,
      resolveDir: folder,
      loader: 'ts',
    },
    outfile: entry,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
  });
  return { name, trusted: name !== 'restricted', entry, resultFile };
}

/** Settings of paths, which only a trusted workspace may make. */
const settings = { 'tare.dataFolders': ['elsewhere'], 'tare.metric': 'metric.mjs' };

/** How sure a model is of the label, of the outputs as they come. */
const metric = `export default function sureness(sample, outputs, label) {
  const { data } = Object.values(outputs)[0];
  const sum = data.reduce((all, score) => all + Math.exp(score), 0);
  return Math.exp(data[label]) / sum;
}
`;

/** Fills the workspace folder of a suite: the samples, the settings, and what they name. */
export async function fillWorkspace(folder: string): Promise<void> {
  await copySamples(folder);
  await mkdir(join(folder, '.vscode'), { recursive: true });
  await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
  await writeFile(join(folder, 'metric.mjs'), metric);
}

export async function copySamples(folder: string): Promise<void> {
  await cp(join(root, 'media/sample'), folder, { recursive: true });
}

/** The counts that a suite has left; a suite that left none, or skipped a test, has failed. */
export function readSuiteResult(suite: HostSuite): { passed: number; failed: number } {
  if (!existsSync(suite.resultFile)) return { passed: 0, failed: 1 };
  const { passed, failed, pending } = JSON.parse(readFileSync(suite.resultFile, 'utf8'));
  return { passed, failed: failed + pending };
}
