import { fileURLToPath } from 'node:url';

/** Where globalSetup puts the bundle of src/runtime/runnerMain.ts. */
export const runnerPath = fileURLToPath(new URL('../../out/test/runner.js', import.meta.url));
