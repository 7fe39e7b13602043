import type { ImageReader } from '../data/images/imageReader.js';
import type { DataChoices } from '../data/openModelData.js';
import type { Progress } from '../recipe/report.js';
import type { Runtime } from '../runtime/session.js';
import type { FlagValue } from './arguments.js';
import { UsageError } from './usageError.js';

export interface CommandContext {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, FlagValue>>;
  readonly runtime: Runtime;
  readonly images: ImageReader;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What a command has to say, as the JSON of the contract and as a table for people; only one of them is made. */
export interface CommandResult {
  json(): unknown;
  text(): string;
  readonly budgetMet?: boolean | null;
}

/** onnxruntime starts as many threads as it is told, on whatever machine. */
export const mostThreads = 1024;

/** The value of a text flag; null where it is not given. */
export function textFlag({ flags }: CommandContext, name: string): string | null {
  return typeof flags[name] === 'string' ? flags[name] : null;
}

/** What `--carry` and `--preprocess` say of the data. */
export function dataChoices(context: CommandContext): DataChoices {
  return { carry: context.flags.carry as readonly string[] | undefined, preprocess: textFlag(context, 'preprocess') };
}

export function requiredFlag(context: CommandContext, name: string, why: string): string {
  const value = textFlag(context, name);
  if (value === null) throw new UsageError(`--${name} is missing: ${why}`);
  return value;
}

/** The value of a number flag within bounds. */
export function numberFlag(
  { flags }: CommandContext,
  name: string,
  { min = -Infinity, max = Infinity, whole = false }: { min?: number; max?: number; whole?: boolean } = {},
): number | undefined {
  const value = flags[name];
  if (typeof value !== 'number') return undefined;
  if (value < min || value > max || (whole && !Number.isInteger(value))) {
    const kind = whole ? 'a whole number' : 'a number';
    const bounds = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`--${name} takes ${kind} ${bounds}, not ${value}.`);
  }
  return value;
}
