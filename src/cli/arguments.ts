import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { UsageError } from './usageError.js';
import type { Command, CommandName, Flag } from './usage.js';
import { commands } from './usage.js';

export type FlagValue = string | number | boolean | readonly string[];

export interface ParsedArguments {
  readonly command: CommandName;
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, FlagValue>>;
}

/** Reads the words after `tare`. Every mistake is a UsageError that names the nearest valid word. */
export function parseCommandLine(words: readonly string[]): ParsedArguments {
  const [name = '', ...rest] = words;
  if (!Object.hasOwn(commands, name)) throw unknownCommand(name);
  const command: Command = commands[name as CommandName];
  const { values, positionals } = parseWords(rest, command.flags);
  checkPositionals(name, command, positionals);
  const flags: Record<string, FlagValue> = {};
  for (const [flag, value] of Object.entries(values)) {
    if (value !== undefined) flags[flag] = typed(flag, command.flags[flag]!, value);
  }
  return { command: name as CommandName, positionals, flags };
}

/** Whether JSON is asked for, even where the rest of the command line is wrong. */
export function wantsJson(words: readonly string[]): boolean {
  return words.includes('--json');
}

function parseWords(words: readonly string[], flags: Readonly<Record<string, Flag>>) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([flag, { kind, short }]) => [
      flag,
      {
        type: kind === 'switch' ? ('boolean' as const) : ('string' as const),
        multiple: kind === 'list',
        ...(short && { short }),
      },
    ]),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const flag = flags[token.name];
    if (!flag) throw unknownFlag(token.rawName, Object.keys(flags));
    if (flag.kind !== 'switch' && token.value === undefined)
      throw new UsageError(`${token.rawName} needs a value (${flag.value}).`);
    if (flag.kind === 'switch' && token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`);
  }
  const parsed = parseArgs({ args: [...words], options, strict: false, allowPositionals: true });
  return {
    values: parsed.values as Record<string, string | boolean | string[] | undefined>,
    positionals: parsed.positionals,
  };
}

function typed(name: string, flag: Flag, value: string | boolean | string[]): FlagValue {
  if (flag.kind !== 'number') return value;
  const number = Number(value);
  if (value === '' || !Number.isFinite(number))
    throw new UsageError(`--${name} takes a number, not "${String(value)}".`);
  return number;
}

function checkPositionals(name: string, command: Command, positionals: readonly string[]): void {
  const wanted = command.arguments;
  if (positionals.length < wanted.length) {
    throw new UsageError(`tare ${name} needs ${wanted.slice(positionals.length).join(' and ')}.`);
  }
  if (positionals.length > wanted.length) {
    throw new UsageError(
      `tare ${name} takes ${wanted.length === 0 ? 'no argument' : wanted.join(' and ')}; "${positionals[wanted.length]}" is one too many.`,
    );
  }
}

function unknownCommand(name: string): UsageError {
  const known = Object.keys(commands);
  const words = [...known, '--help', '--version'];
  return name === ''
    ? new UsageError(`A command is missing: one of ${known.join(', ')}.`)
    : new UsageError(`There is no command "${name}". Did you mean ${closest(name, words)}?`);
}

function unknownFlag(name: string, known: readonly string[]): UsageError {
  return new UsageError(`There is no flag ${name}. Did you mean --${closest(name.replace(/^-+/, ''), [...known])}?`);
}
