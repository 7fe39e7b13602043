import { readFile, stat } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { Failure } from '../messages/failure.js';

const longestFile = 256 << 20;

/** Reads a JSON file of this form. Fails with `data.json` that says where it is wrong. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const fail = (detail: string, cause?: unknown) => new Failure('data.json', { file, detail }, { cause });
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new Failure('data.not-found', { path: file });
  if (found.size > longestFile) throw fail(`it is longer than ${longestFile} bytes`);
  const text = await readFile(file, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw fail(`it is no JSON (${(error as Error).message.split('\n')[0]})`, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail(issueText(deepest(parsed.error.issues[0]!), schema), parsed.error);
}

type Issue = z.core.$ZodIssue;

/** Of a value that may be one of several kinds, what is wrong with the kind that it fits best. */
function deepest(issue: Issue, path: readonly PropertyKey[] = []): Issue {
  const whole = { ...issue, path: [...path, ...issue.path] } as Issue;
  if (issue.code !== 'invalid_union') return whole;
  const inner = issue.errors.flatMap(([first]) => (first ? [deepest(first, whole.path as PropertyKey[])] : []));
  const fitting = inner.filter((each) => each.code !== 'invalid_type' || each.path.length > whole.path.length);
  if (fitting.length === 0) return { ...whole, message: 'it is of none of the kinds that may stand here' } as Issue;
  return fitting.reduce((best, each) => (each.path.length > best.path.length ? each : best));
}

function issueText(issue: Issue, schema: z.ZodType): string {
  const place = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const at = place === '' ? '' : `${place.replace(/^\./, '')}: `;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = issue.path.length === 0 ? keysOf(schema) : [];
    return `${at}there is no key "${key}"${known.length > 0 ? `; did you mean "${closest(key, known)}"?` : ''}`;
  }
  return at + issue.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

function keysOf(schema: z.ZodType): string[] {
  return 'shape' in schema ? Object.keys(schema.shape as object) : [];
}
