/** Time and memory of a command with all processes that it starts, as Linux counts them. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface TreeFigures {
  readonly seconds: number;
  /** Processor time of all of its processes. */
  readonly processorSeconds: number;
  /** The most that all processes together had resident at one moment; pages that they share count for each. */
  readonly peakBytes: number;
}

/** Throws where the command fails. */
export async function measureTree(command: string, args: readonly string[]): Promise<TreeFigures> {
  const started = performance.now();
  // The shell waits for the command, and then knows the processor time of all that ended below it.
  const script = '"$@" >/dev/null; code=$?; times >&2; exit $code';
  const child = spawn('/bin/sh', ['-c', script, 'sh', command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let peakBytes = 0;
  const look = setInterval(() => (peakBytes = Math.max(peakBytes, residentBytes(child.pid!))), 5);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(look);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}: ${errors}`);
  const times = errors.trim().split('\n').at(-1)!;
  return { seconds, processorSeconds: processorSecondsOf(times), peakBytes };
}

/** `0m3.456s 0m0.789s` of the children. */
function processorSecondsOf(times: string): number {
  return [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}

/** Of a process and all below it. */
function residentBytes(root: number): number {
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(entry), Number(fields[1]));
      resident.set(Number(entry), Number(fields[21]) * 4096);
    } catch {
      // It ended meanwhile.
    }
  }
  const belongs = (pid: number): boolean => pid === root || (parents.has(pid) && belongs(parents.get(pid)!));
  return [...resident].reduce((sum, [pid, bytes]) => (belongs(pid) ? sum + bytes : sum), 0);
}
