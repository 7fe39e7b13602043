import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line of both outputs; nothing is printed where it is absent. */
  readonly onLine?: (line: string) => void;
}

export interface CommandEnd {
  /** The exit code, or 1 for a signal. */
  readonly code: number;
  readonly output: string;
}

const running = new Set<ChildProcess>();

/** Runs a program to its end, in a process group of its own so that nothing it started outlives `endAllCommands`. */
export function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandEnd> {
  const child = spawn(program, [...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  running.add(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      options.onLine?.(line);
    });
  }
  return new Promise((done, fail) => {
    child.once('error', (error) => {
      running.delete(child);
      fail(error);
    });
    child.once('close', (code) => {
      running.delete(child);
      done({ code: code ?? 1, output: lines.join('\n') });
    });
  });
}

/** As `command`, but an exit code other than 0 is an error that carries the output. */
export async function commandOrThrow(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, output } = await command(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/** Runs one of npm's own commands with the npm that started this run. */
export function npm(args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const env = withoutNpmRun(options.env ?? process.env);
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js')
    ? commandOrThrow(process.execPath, [cli, ...args], { ...options, env })
    : commandOrThrow(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { ...options, env });
}

/** The environment without what `npm run` says about this project: a nested npm works on another one. */
function withoutNpmRun(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofThisProject = /^(npm_package_|npm_lifecycle_|npm_config_local_prefix$|npm_command$|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofThisProject.test(name)));
}

/** Ends a child and all that it started. */
export function endProcessTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Ends what is still running when a run is broken off. */
export function endAllCommands(): void {
  for (const child of running) endProcessTree(child, 'SIGKILL');
}
