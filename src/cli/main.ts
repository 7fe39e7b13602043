/** The `tare` command. Exit: 0 done, 1 failed, 2 usage, 3 done but a stated budget was not met. */
import { failureData } from '../messages/failure.js';
import type { FailureData } from '../messages/failure.js';
import { parseCommandLine, wantsJson } from './arguments.js';
import type { ParsedArguments } from './arguments.js';
import type { CommandContext, CommandResult } from './command.js';
import { endQuietlyWithReader } from './outputStreams.js';
import { imagesBesideBundle } from './imagesBesideBundle.js';
import { oneLine, printable } from './printable.js';
import { ProgressLine } from './progressLine.js';
import { runtimeBesideBundle } from './runtimeBesideBundle.js';
import type { CommandName } from './usage.js';
import { commands, helpText } from './usage.js';
import { UsageError } from './usageError.js';

/** Loaded when they are called: a command waits for no other's code. */
const load: Record<CommandName, () => Promise<(context: CommandContext) => Promise<CommandResult>>> = {
  inspect: async () => (await import('./commands/inspect.js')).inspect,
  compress: async () => (await import('./commands/compress.js')).compress,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluate,
  compare: async () => (await import('./commands/compare.js')).compare,
  data: async () => (await import('./commands/data.js')).data,
  methods: async () => (await import('./commands/methods.js')).methods,
  demo: async () => (await import('./commands/demo.js')).demo,
};

async function main(words: readonly string[]): Promise<number> {
  const json = wantsJson(words);
  if (words.length === 0 || words[0] === 'help' || words.some(asksForHelp)) return help(words);
  if (words.length === 1 && words[0] === '--version') return print(version());
  let parsed: ParsedArguments;
  try {
    parsed = parseCommandLine(words);
  } catch (error) {
    if (error instanceof UsageError) return fail(usageFailure(error.message), json, 2);
    throw error;
  }
  return runCommand(parsed, json);
}

async function runCommand({ command, positionals, flags }: ParsedArguments, json: boolean): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  const progress = new ProgressLine(process.stderr);
  const runtime = runtimeBesideBundle();
  const images = imagesBesideBundle();
  try {
    const run = await load[command]();
    const result = await run({
      positionals,
      flags,
      runtime,
      images,
      signal: interrupt.signal,
      onProgress: (state) => progress.show(state),
    });
    progress.clear();
    print(json ? JSON.stringify(result.json(), null, 2) : printable(result.text()));
    return result.budgetMet === false ? 3 : 0;
  } catch (error) {
    progress.clear();
    if (interrupt.signal.aborted) return fail(cancelled, json, 1);
    const failure = error instanceof UsageError ? usageFailure(error.message) : failureData(error);
    return fail(failure, json, isUsage(failure) ? 2 : 1);
  } finally {
    await Promise.all([runtime.close(), images.close()]);
  }
}

const usageCodes: ReadonlySet<string> = new Set([
  'usage',
  'onnx.output-is-input',
  'inspect.no-target',
  'inspect.no-tensor',
  'inspect.same-name',
]);

/** An unknown option, or a value of the wrong type, is a mistake of usage wherever it is found. */
function isUsage({ code }: FailureData): boolean {
  return usageCodes.has(code) || /^compress\.(unknown-|setting-|option-)/.test(code);
}

function usageFailure(message: string): FailureData {
  return { code: 'usage', params: {}, message, mend: 'See tare --help.' };
}

const cancelled: FailureData = { code: 'cancelled', params: {}, message: 'Cancelled.', mend: 'Run it again.' };

function fail({ code, message, mend }: FailureData, json: boolean, exitCode: number): number {
  if (json) print(JSON.stringify({ error: { code, message, mend } }, null, 2));
  process.stderr.write(`tare: ${oneLine(`${message} ${mend}`)}\n`);
  return exitCode;
}

const asksForHelp = (word: string) => word === '--help' || word === '-h';

function help(words: readonly string[]): number {
  const name = words.find((word) => Object.hasOwn(commands, word));
  return print(helpText(name as CommandName | undefined));
}

function print(text: string): number {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}

function version(): string {
  return `tare ${process.env.TARE_VERSION}, node ${process.version}`;
}

/** Holds where the event loop runs dry before an answer: that is a defect, and must not look like success. */
process.exitCode = 1;
endQuietlyWithReader(process.stdout, process.stderr);
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
