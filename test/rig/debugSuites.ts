// Bundles the suites of the extension host and their workspace for the launch configuration "Extension Tests".
import { join } from 'node:path';
import { out } from './folders.js';
import { bundleHostSuites, fillWorkspace } from './hostSuites.js';

async function main(): Promise<void> {
  await bundleHostSuites(undefined);
  await fillWorkspace(join(out, 'debug-workspace'));
}

void main();
