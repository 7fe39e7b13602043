import { execFileSync } from 'node:child_process';
import { endpoint, extensionsVariable } from './endpoints.js';

/** Kills the engines, or the runners, of this run's extension, as a crash would. Returns how many there were. */
export function killAll(kind: 'engine' | 'runner', extensions = endpoint(extensionsVariable)): number {
  const processes = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const found = processes.filter((line) => line.includes(extensions) && line.includes(`/dist/${kind}.js`));
  for (const line of found) killIfThere(parseInt(line.trim()));
  return found.length;
}

/** Kills the engines. */
export function killEngines(): void {
  if (killAll('engine') === 0) throw new Error('No engine runs.');
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
