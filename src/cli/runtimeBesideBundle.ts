import { join } from 'node:path';
import { createRuntime } from '../runtime/runtime.js';
import type { Runtime } from '../runtime/session.js';

/** The runtime whose runner is bundled beside this command line. */
export function runtimeBesideBundle(): Runtime {
  return createRuntime({ runnerPath: join(__dirname, 'runner.js') });
}
