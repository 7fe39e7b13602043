import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The number of a process that has lived and is dead. */
export async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}
