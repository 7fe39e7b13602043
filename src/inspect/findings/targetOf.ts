import { closest } from 'fastest-levenshtein';
import { Failure } from '../../messages/failure.js';
import type { Target } from './targets.js';
import { targets } from './targets.js';

/** The target of a name. Throws `inspect.no-target`, which names the nearest. */
export function targetOf(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found) return found;
  const names = targets.map((target) => target.name);
  throw new Failure('inspect.no-target', { target: name, nearest: closest(name, names), targets: names.join(', ') });
}
