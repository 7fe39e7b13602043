import { execFileSync } from 'node:child_process';
import { endpoint, extensionsVariable } from './endpoints.js';

/** Kills the engines of this run's extension, as a crash would. */
export function killEngines(): void {
  const extensions = endpoint(extensionsVariable);
  const processes = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const engines = processes.filter((line) => line.includes(extensions) && line.includes('/dist/engine.js'));
  if (engines.length === 0) throw new Error('No engine runs.');
  for (const line of engines) process.kill(parseInt(line.trim()), 'SIGKILL');
}
