/** Layers by name or glob, as options and recipes name them. */
import { Failure } from '../messages/failure.js';
import { nearestOf } from './options.js';

/**
 * The names that a comma-separated list of names and globs picks, each with the pattern that picked it. `*` stands for
 * any characters, `?` for one; a pattern that is a name means that name alone. Throws a Failure for a pattern that picks
 * nothing.
 */
export function pickLayers(option: string, patterns: string, names: readonly string[]): Map<string, string> {
  const picked = new Map<string, string>();
  for (const pattern of patterns.split(',').map((each) => each.trim())) {
    if (pattern === '') continue;
    const matches = names.includes(pattern) ? [pattern] : names.filter(matcher(pattern));
    if (matches.length === 0) {
      throw new Failure('compress.no-such-layer', { option, pattern, nearest: nearestOf(pattern, names) });
    }
    for (const name of matches) if (!picked.has(name)) picked.set(name, pattern);
  }
  return picked;
}

function matcher(glob: string): (name: string) => boolean {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, 'su');
  return (name) => expression.test(name);
}
