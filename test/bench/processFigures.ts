import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessFigures {
  readonly seconds: number;
  /** Peak resident bytes, as Linux counts them (VmHWM); null elsewhere. */
  readonly peakBytes: number | null;
}

/** Runs a command to its end and measures the whole process. Throws where it fails. */
export async function measureProcess(command: string, args: readonly string[]): Promise<ProcessFigures> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let peakBytes: number | null = null;
  const look = setInterval(() => (peakBytes = peakOf(child.pid) ?? peakBytes), 1);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(look);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}: ${errors}`);
  return { seconds, peakBytes };
}

/** Peak resident bytes of a process so far; null where the system does not tell. */
export function peakOf(pid: number | undefined): number | null {
  try {
    const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
