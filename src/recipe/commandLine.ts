import type { CompressRequest } from './request.js';

/** The command line that does what a request asks for; options that it does not name are left out. */
export function commandLine(request: CompressRequest): string {
  const words = ['tare', 'compress', request.input, '-o', request.output, '--method', request.method];
  if (request.preset !== undefined) words.push('--preset', request.preset);
  for (const [name, value] of Object.entries(request.options)) {
    words.push('--set', `${name}=${value === null ? 'auto' : String(value)}`);
  }
  if (request.data !== null) words.push('--data', request.data);
  if (request.test !== null) words.push('--test', request.test);
  if (request.target !== undefined) words.push('--target', request.target);
  if (request.maxDrop !== null) words.push('--max-drop', String(request.maxDrop));
  if (request.measure === false) words.push('--no-measure');
  if (request.threads !== undefined) words.push('--threads', String(request.threads));
  if (request.seed !== undefined) words.push('--seed', String(request.seed));
  for (const pair of request.carry ?? []) words.push('--carry', pair);
  if (request.preprocess) words.push('--preprocess', request.preprocess);
  if (request.metric) words.push('--metric', request.metric);
  if (request.topK !== undefined) words.push('--top', String(request.topK));
  return words.map(quoted).join(' ');
}

/** Quotes a word for a POSIX shell where it needs it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
